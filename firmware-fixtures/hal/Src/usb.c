// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* USB OTG FS as a device, without DMA (RM0090 34.17). */
#include "stm32f4xx_hal.h"

/* In milliseconds, for the core to answer, and to settle in its new role. */
#define CORE_TIMEOUT (10U)
#define ROLE_DELAY (30U)
/* Any AHB clock above 32 MHz. */
#define TURNAROUND (6U << USB_OTG_GUSBCFG_TRDT_Pos)
#define ALL_FIFOS (16U << USB_OTG_GRSTCTL_TXFNUM_Pos)
#define ALL_PHASES (0xFFU)
#define SETUP_BYTES (8U)
#define IS_IN(address) (((address) & 0x80) != 0)
#define NUMBER(address) ((address) & 0x0F)
#define IN_BITS(endpoint) (1U << (endpoint))
#define OUT_BITS(endpoint) (1U << (16 + (endpoint)))
/* GRXSTSP.PKTSTS */
#define GOT_DATA (2U)
#define GOT_SETUP (6U)

static inline USB_OTG_DeviceTypeDef *device_of(PCD_HandleTypeDef *pcd) {
    return (USB_OTG_DeviceTypeDef *)((uint8_t *)pcd->Instance + 0x800);
}

static inline USB_OTG_INEndpointTypeDef *in_of(PCD_HandleTypeDef *pcd, uint32_t endpoint) {
    return (USB_OTG_INEndpointTypeDef *)((uint8_t *)pcd->Instance + 0x900) + endpoint;
}

static inline USB_OTG_OUTEndpointTypeDef *out_of(PCD_HandleTypeDef *pcd, uint32_t endpoint) {
    return (USB_OTG_OUTEndpointTypeDef *)((uint8_t *)pcd->Instance + 0xB00) + endpoint;
}

static inline __IO uint32_t *fifo_of(PCD_HandleTypeDef *pcd, uint32_t endpoint) {
    return (__IO uint32_t *)((uint8_t *)pcd->Instance + 0x1000 * (1 + endpoint));
}

static HAL_StatusTypeDef await(__IO uint32_t *reg, uint32_t mask, uint32_t expected) {
    uint32_t start = HAL_GetTick();
    while ((*reg & mask) != expected) {
        if (HAL_GetTick() - start > CORE_TIMEOUT) {
            return HAL_TIMEOUT;
        }
    }
    return HAL_OK;
}

static HAL_StatusTypeDef order(PCD_HandleTypeDef *pcd, uint32_t what, uint32_t which) {
    HAL_StatusTypeDef status = await(&pcd->Instance->GRSTCTL, USB_OTG_GRSTCTL_AHBIDL, USB_OTG_GRSTCTL_AHBIDL);
    if (status != HAL_OK) {
        return status;
    }
    pcd->Instance->GRSTCTL = what | which;
    return await(&pcd->Instance->GRSTCTL, what, 0);
}

static void disable_endpoints(PCD_HandleTypeDef *pcd) {
    for (uint32_t n = 0; n < FIXTURE_USB_ENDPOINTS; n++) {
        USB_OTG_INEndpointTypeDef *in = in_of(pcd, n);
        USB_OTG_OUTEndpointTypeDef *out = out_of(pcd, n);
        in->DIEPCTL = USB_OTG_DIEPCTL_SNAK | (in->DIEPCTL & USB_OTG_DIEPCTL_EPENA ? USB_OTG_DIEPCTL_EPDIS : 0);
        out->DOEPCTL = USB_OTG_DIEPCTL_SNAK | (out->DOEPCTL & USB_OTG_DIEPCTL_EPENA && n ? USB_OTG_DIEPCTL_EPDIS : 0);
        in->DIEPTSIZ = 0;
        out->DOEPTSIZ = 0;
        in->DIEPINT = ALL_PHASES;
        out->DOEPINT = ALL_PHASES;
    }
}

HAL_StatusTypeDef HAL_PCD_Init(PCD_HandleTypeDef *pcd) {
    USB_OTG_GlobalTypeDef *regs = pcd->Instance;
    USB_OTG_DeviceTypeDef *device = device_of(pcd);

    HAL_PCD_MspInit(pcd);
    regs->GAHBCFG = 0;
    SET_BIT(regs->GUSBCFG, USB_OTG_GUSBCFG_PHYSEL);
    if (order(pcd, USB_OTG_GRSTCTL_CSRST, 0) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    MODIFY_REG(regs->GUSBCFG, USB_OTG_GUSBCFG_FHMOD | USB_OTG_GUSBCFG_TRDT, USB_OTG_GUSBCFG_FDMOD | TURNAROUND);
    HAL_Delay(ROLE_DELAY);
    regs->GCCFG = USB_OTG_GCCFG_PWRDWN | (pcd->Init.vbus_sensing_enable ? USB_OTG_GCCFG_VBUSBSEN : USB_OTG_GCCFG_NOVBUSSENS);
    SET_BIT(device->DCTL, USB_OTG_DCTL_SDIS);
    __HAL_PCD_UNGATE_PHYCLOCK(pcd);
    SET_BIT(device->DCFG, USB_OTG_DCFG_DSPD);
    if (order(pcd, USB_OTG_GRSTCTL_TXFFLSH, ALL_FIFOS) != HAL_OK || order(pcd, USB_OTG_GRSTCTL_RXFFLSH, 0) != HAL_OK) {
        return HAL_TIMEOUT;
    }
    device->DIEPMSK = device->DOEPMSK = device->DAINTMSK = device->DIEPEMPMSK = 0;
    disable_endpoints(pcd);
    regs->GOTGINT = ~0U;
    regs->GINTSTS = ~0U;
    regs->GINTMSK = USB_OTG_GINTSTS_RXFLVL | USB_OTG_GINTSTS_USBSUSP | USB_OTG_GINTSTS_USBRST | USB_OTG_GINTSTS_ENUMDNE
        | USB_OTG_GINTSTS_IEPINT | USB_OTG_GINTSTS_OEPINT | USB_OTG_GINTSTS_WKUINT
        | (pcd->Init.Sof_enable ? USB_OTG_GINTMSK_SOFM : 0)
        | (pcd->Init.vbus_sensing_enable ? USB_OTG_GINTSTS_SRQINT | USB_OTG_GINTSTS_OTGINT : 0);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_DeInit(PCD_HandleTypeDef *pcd) {
    HAL_PCD_Stop(pcd);
    HAL_PCD_MspDeInit(pcd);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_Start(PCD_HandleTypeDef *pcd) {
    SET_BIT(pcd->Instance->GAHBCFG, USB_OTG_GAHBCFG_GINT);
    CLEAR_BIT(device_of(pcd)->DCTL, USB_OTG_DCTL_SDIS);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_Stop(PCD_HandleTypeDef *pcd) {
    CLEAR_BIT(pcd->Instance->GAHBCFG, USB_OTG_GAHBCFG_GINT);
    SET_BIT(device_of(pcd)->DCTL, USB_OTG_DCTL_SDIS);
    return order(pcd, USB_OTG_GRSTCTL_TXFFLSH, ALL_FIFOS);
}

HAL_StatusTypeDef HAL_PCD_SetRxFiFo(PCD_HandleTypeDef *pcd, uint16_t words) {
    pcd->Instance->GRXFSIZ = words;
    return HAL_OK;
}

/* One after the other: each begins where the one before ends. */
HAL_StatusTypeDef HAL_PCD_SetTxFiFo(PCD_HandleTypeDef *pcd, uint8_t fifo, uint16_t words) {
    USB_OTG_GlobalTypeDef *regs = pcd->Instance;
    uint32_t start = regs->GRXFSIZ;

    if (fifo == 0) {
        regs->DIEPTXF0 = (uint32_t)words << 16 | start;
        return HAL_OK;
    }
    start += regs->DIEPTXF0 >> 16;
    for (int n = 0; n < fifo - 1; n++) {
        start += regs->DIEPTXF[n] >> 16;
    }
    regs->DIEPTXF[fifo - 1] = (uint32_t)words << 16 | start;
    return HAL_OK;
}

/* The core answers at the old address until the status stage is over. */
HAL_StatusTypeDef HAL_PCD_SetAddress(PCD_HandleTypeDef *pcd, uint8_t address) {
    MODIFY_REG(device_of(pcd)->DCFG, USB_OTG_DCFG_DAD, (uint32_t)address << USB_OTG_DCFG_DAD_Pos);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_EP_Open(PCD_HandleTypeDef *pcd, uint8_t address, uint16_t maxpacket, uint8_t type) {
    uint32_t n = NUMBER(address);
    /* Endpoint 0 codes its size: 0 is 64 bytes. */
    uint32_t control = (n ? maxpacket : 0) | (uint32_t)type << USB_OTG_DIEPCTL_EPTYP_Pos | USB_OTG_DIEPCTL_USBAEP | USB_OTG_DIEPCTL_SD0PID;
    PCD_EPTypeDef *endpoint = IS_IN(address) ? &pcd->IN_ep[n] : &pcd->OUT_ep[n];

    endpoint->maxpacket = maxpacket;
    endpoint->type = type;
    endpoint->is_stall = 0;
    if (IS_IN(address)) {
        in_of(pcd, n)->DIEPCTL = control | n << USB_OTG_DIEPCTL_TXFNUM_Pos;
        SET_BIT(device_of(pcd)->DAINTMSK, IN_BITS(n));
    } else {
        out_of(pcd, n)->DOEPCTL = control;
        SET_BIT(device_of(pcd)->DAINTMSK, OUT_BITS(n));
    }
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_EP_Close(PCD_HandleTypeDef *pcd, uint8_t address) {
    uint32_t n = NUMBER(address);
    __IO uint32_t *control = IS_IN(address) ? &in_of(pcd, n)->DIEPCTL : &out_of(pcd, n)->DOEPCTL;

    if (*control & USB_OTG_DIEPCTL_EPENA) {
        *control = USB_OTG_DIEPCTL_EPDIS | USB_OTG_DIEPCTL_SNAK;
    }
    CLEAR_BIT(device_of(pcd)->DAINTMSK, IS_IN(address) ? IN_BITS(n) : OUT_BITS(n));
    CLEAR_BIT(device_of(pcd)->DIEPEMPMSK, IS_IN(address) ? IN_BITS(n) : 0);
    CLEAR_BIT(*control, USB_OTG_DIEPCTL_USBAEP);
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_EP_Flush(PCD_HandleTypeDef *pcd, uint8_t address) {
    return IS_IN(address) ? order(pcd, USB_OTG_GRSTCTL_TXFFLSH, (uint32_t)NUMBER(address) << USB_OTG_GRSTCTL_TXFNUM_Pos)
        : order(pcd, USB_OTG_GRSTCTL_RXFFLSH, 0);
}

/* The next SETUP takes it back from endpoint 0. */
HAL_StatusTypeDef HAL_PCD_EP_SetStall(PCD_HandleTypeDef *pcd, uint8_t address) {
    uint32_t n = NUMBER(address);

    if (IS_IN(address)) {
        pcd->IN_ep[n].is_stall = 1;
        SET_BIT(in_of(pcd, n)->DIEPCTL, USB_OTG_DIEPCTL_STALL);
    } else {
        pcd->OUT_ep[n].is_stall = 1;
        SET_BIT(out_of(pcd, n)->DOEPCTL, USB_OTG_DIEPCTL_STALL);
    }
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_EP_ClrStall(PCD_HandleTypeDef *pcd, uint8_t address) {
    uint32_t n = NUMBER(address);
    __IO uint32_t *control = IS_IN(address) ? &in_of(pcd, n)->DIEPCTL : &out_of(pcd, n)->DOEPCTL;

    (IS_IN(address) ? &pcd->IN_ep[n] : &pcd->OUT_ep[n])->is_stall = 0;
    MODIFY_REG(*control, USB_OTG_DIEPCTL_STALL, USB_OTG_DIEPCTL_SD0PID);
    return HAL_OK;
}

static uint32_t packets(const PCD_EPTypeDef *endpoint) {
    return endpoint->xfer_len ? (endpoint->xfer_len + endpoint->maxpacket - 1) / endpoint->maxpacket : 1;
}

HAL_StatusTypeDef HAL_PCD_EP_Transmit(PCD_HandleTypeDef *pcd, uint8_t address, uint8_t *data, uint32_t length) {
    uint32_t n = NUMBER(address);
    PCD_EPTypeDef *endpoint = &pcd->IN_ep[n];
    USB_OTG_INEndpointTypeDef *regs = in_of(pcd, n);

    endpoint->xfer_buff = data;
    endpoint->xfer_count = 0;
    /* Endpoint 0 counts to one packet; what is left follows when that has gone. */
    endpoint->xfer_len = n == 0 && length > endpoint->maxpacket ? endpoint->maxpacket : length;
    regs->DIEPTSIZ = packets(endpoint) << USB_OTG_TSIZ_PKTCNT_Pos | endpoint->xfer_len;
    SET_BIT(regs->DIEPCTL, USB_OTG_DIEPCTL_CNAK | USB_OTG_DIEPCTL_EPENA);
    if (endpoint->xfer_len) {
        SET_BIT(device_of(pcd)->DIEPEMPMSK, IN_BITS(n));
    }
    return HAL_OK;
}

HAL_StatusTypeDef HAL_PCD_EP_Receive(PCD_HandleTypeDef *pcd, uint8_t address, uint8_t *data, uint32_t length) {
    uint32_t n = NUMBER(address);
    PCD_EPTypeDef *endpoint = &pcd->OUT_ep[n];
    uint32_t count;

    endpoint->xfer_buff = data;
    endpoint->xfer_count = 0;
    endpoint->xfer_len = n == 0 && length > endpoint->maxpacket ? endpoint->maxpacket : length;
    count = packets(endpoint);
    out_of(pcd, n)->DOEPTSIZ = (n ? 0 : USB_OTG_DOEPTSIZ_STUPCNT) | count << USB_OTG_TSIZ_PKTCNT_Pos | count * endpoint->maxpacket;
    SET_BIT(out_of(pcd, n)->DOEPCTL, USB_OTG_DIEPCTL_CNAK | USB_OTG_DIEPCTL_EPENA);
    return HAL_OK;
}

uint32_t HAL_PCD_EP_GetRxCount(PCD_HandleTypeDef *pcd, uint8_t address) {
    return pcd->OUT_ep[NUMBER(address)].xfer_count;
}

static void read_fifo(PCD_HandleTypeDef *pcd, uint8_t *data, uint32_t count) {
    for (uint32_t done = 0; done < count; done += 4) {
        uint32_t word = *fifo_of(pcd, 0);
        for (uint32_t i = done; i < done + 4 && i < count; i++, word >>= 8) {
            data[i] = (uint8_t)word;
        }
    }
}

static void receive(PCD_HandleTypeDef *pcd) {
    uint32_t status = pcd->Instance->GRXSTSP;
    uint32_t count = status >> 4 & 0x7FF;
    PCD_EPTypeDef *endpoint = &pcd->OUT_ep[status & 3];

    switch (status >> 17 & 15) {
        case GOT_DATA:
            read_fifo(pcd, endpoint->xfer_buff, count);
            endpoint->xfer_buff += count;
            endpoint->xfer_count += count;
            break;
        case GOT_SETUP:
            read_fifo(pcd, (uint8_t *)pcd->Setup, SETUP_BYTES);
            break;
    }
}

/* Whole packets, as many as there is room for. */
static void send(PCD_HandleTypeDef *pcd, uint32_t n) {
    PCD_EPTypeDef *endpoint = &pcd->IN_ep[n];
    __IO uint32_t *fifo = fifo_of(pcd, n);

    while (endpoint->xfer_count < endpoint->xfer_len) {
        uint32_t count = endpoint->xfer_len - endpoint->xfer_count;
        if (count > endpoint->maxpacket) {
            count = endpoint->maxpacket;
        }
        if (in_of(pcd, n)->DTXFSTS < (count + 3) / 4) {
            return;
        }
        for (uint32_t done = 0; done < count; done += 4) {
            uint32_t word = 0;
            for (uint32_t i = 0; i < 4 && done + i < count; i++) {
                word |= (uint32_t)endpoint->xfer_buff[done + i] << 8 * i;
            }
            *fifo = word;
        }
        endpoint->xfer_buff += count;
        endpoint->xfer_count += count;
    }
    CLEAR_BIT(device_of(pcd)->DIEPEMPMSK, IN_BITS(n));
}

static void handle_out(PCD_HandleTypeDef *pcd, uint32_t n) {
    USB_OTG_OUTEndpointTypeDef *regs = out_of(pcd, n);
    uint32_t flags = regs->DOEPINT & device_of(pcd)->DOEPMSK;

    regs->DOEPINT = flags;
    if (flags & USB_OTG_DOEPINT_XFRC) {
        HAL_PCD_DataOutStageCallback(pcd, n);
    }
    if (flags & USB_OTG_DOEPINT_STUP) {
        HAL_PCD_SetupStageCallback(pcd);
    }
}

static void handle_in(PCD_HandleTypeDef *pcd, uint32_t n) {
    USB_OTG_INEndpointTypeDef *regs = in_of(pcd, n);
    uint32_t flags = regs->DIEPINT;

    if (flags & USB_OTG_DIEPINT_XFRC) {
        regs->DIEPINT = USB_OTG_DIEPINT_XFRC;
        CLEAR_BIT(device_of(pcd)->DIEPEMPMSK, IN_BITS(n));
        HAL_PCD_DataInStageCallback(pcd, n);
    }
    if (flags & USB_OTG_DIEPINT_TXFE && device_of(pcd)->DIEPEMPMSK & IN_BITS(n)) {
        send(pcd, n);
    }
}

static void handle_reset(PCD_HandleTypeDef *pcd) {
    USB_OTG_DeviceTypeDef *device = device_of(pcd);

    CLEAR_BIT(device->DCTL, USB_OTG_DCTL_RWUSIG);
    order(pcd, USB_OTG_GRSTCTL_TXFFLSH, ALL_FIFOS);
    for (uint32_t n = 0; n < FIXTURE_USB_ENDPOINTS; n++) {
        in_of(pcd, n)->DIEPINT = ALL_PHASES;
        out_of(pcd, n)->DOEPINT = ALL_PHASES;
        SET_BIT(out_of(pcd, n)->DOEPCTL, USB_OTG_DIEPCTL_SNAK);
    }
    device->DAINTMSK = IN_BITS(0) | OUT_BITS(0);
    device->DIEPEMPMSK = 0;
    device->DIEPMSK = USB_OTG_DIEPINT_XFRC;
    device->DOEPMSK = USB_OTG_DOEPINT_XFRC | USB_OTG_DOEPINT_STUP;
    CLEAR_BIT(device->DCFG, USB_OTG_DCFG_DAD);
    out_of(pcd, 0)->DOEPTSIZ = USB_OTG_DOEPTSIZ_STUPCNT;
}

static int has(PCD_HandleTypeDef *pcd, uint32_t flag) {
    return (pcd->Instance->GINTSTS & pcd->Instance->GINTMSK & flag) != 0;
}

/* The same, for flags that are cleared by their bit. */
static int take(PCD_HandleTypeDef *pcd, uint32_t flag) {
    if (!has(pcd, flag)) {
        return 0;
    }
    pcd->Instance->GINTSTS = flag;
    return 1;
}

void HAL_PCD_IRQHandler(PCD_HandleTypeDef *pcd) {
    USB_OTG_DeviceTypeDef *device = device_of(pcd);

    while (has(pcd, USB_OTG_GINTSTS_RXFLVL)) {
        receive(pcd);
    }
    if (has(pcd, USB_OTG_GINTSTS_OEPINT)) {
        for (uint32_t n = 0; n < FIXTURE_USB_ENDPOINTS; n++) {
            if (device->DAINT & device->DAINTMSK & OUT_BITS(n)) {
                handle_out(pcd, n);
            }
        }
    }
    if (has(pcd, USB_OTG_GINTSTS_IEPINT)) {
        for (uint32_t n = 0; n < FIXTURE_USB_ENDPOINTS; n++) {
            if (device->DAINT & device->DAINTMSK & IN_BITS(n)) {
                handle_in(pcd, n);
            }
        }
    }
    if (take(pcd, USB_OTG_GINTSTS_WKUINT)) {
        CLEAR_BIT(device->DCTL, USB_OTG_DCTL_RWUSIG);
        HAL_PCD_ResumeCallback(pcd);
    }
    if (take(pcd, USB_OTG_GINTSTS_USBSUSP) && device->DSTS & 1) {
        HAL_PCD_SuspendCallback(pcd);
    }
    if (take(pcd, USB_OTG_GINTSTS_USBRST)) {
        handle_reset(pcd);
    }
    if (take(pcd, USB_OTG_GINTSTS_ENUMDNE)) {
        SET_BIT(device->DCTL, USB_OTG_DCTL_CGINAK);
        HAL_PCD_ResetCallback(pcd);
    }
    if (take(pcd, USB_OTG_GINTSTS_SOF)) {
        HAL_PCD_SOFCallback(pcd);
    }
    if (take(pcd, USB_OTG_GINTSTS_SRQINT)) {
        HAL_PCD_ConnectCallback(pcd);
    }
    if (has(pcd, USB_OTG_GINTSTS_OTGINT)) {
        uint32_t flags = pcd->Instance->GOTGINT;
        pcd->Instance->GOTGINT = flags;
        if (flags & USB_OTG_GOTGINT_SEDET) {
            HAL_PCD_DisconnectCallback(pcd);
        }
    }
}
