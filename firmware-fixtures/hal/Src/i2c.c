// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

/* I2C, by polling (RM0090 27.3.3). The DMA variants do the same transfer and are done when they return. */
#include "stm32f4xx_hal.h"

/* In milliseconds: what a transfer whose caller waits for DMA gets. */
#define DMA_TIMEOUT(count) ((count) + 200U)

typedef struct {
    I2C_HandleTypeDef *i2c;
    uint32_t start;
    uint32_t timeout;
} bus_t;

static bus_t begin(I2C_HandleTypeDef *i2c, HAL_I2C_StateTypeDef state, uint32_t timeout) {
    bus_t bus = { i2c, HAL_GetTick(), timeout };
    i2c->State = state;
    i2c->ErrorCode = HAL_I2C_ERROR_NONE;
    CLEAR_BIT(i2c->Instance->CR1, I2C_CR1_POS);
    return bus;
}

static HAL_StatusTypeDef end(const bus_t *bus, HAL_StatusTypeDef status) {
    if (status == HAL_TIMEOUT) {
        bus->i2c->ErrorCode |= HAL_I2C_ERROR_TIMEOUT;
    }
    bus->i2c->State = HAL_I2C_STATE_READY;
    return status;
}

/* Until the flag of SR1 is set. A byte or an address that nobody acknowledges ends the transfer with a STOP. */
static HAL_StatusTypeDef await(const bus_t *bus, uint32_t flag) {
    I2C_TypeDef *regs = bus->i2c->Instance;
    for (;;) {
        uint32_t sr1 = regs->SR1;
        if (sr1 & flag) {
            return HAL_OK;
        }
        if (sr1 & I2C_SR1_AF) {
            __HAL_I2C_CLEAR_FLAG(bus->i2c, I2C_SR1_AF);
            SET_BIT(regs->CR1, I2C_CR1_STOP);
            bus->i2c->ErrorCode |= HAL_I2C_ERROR_AF;
            return HAL_ERROR;
        }
        if (HAL_GetTick() - bus->start > bus->timeout) {
            return HAL_TIMEOUT;
        }
    }
}

static HAL_StatusTypeDef await_idle(const bus_t *bus) {
    while (bus->i2c->Instance->SR2 & I2C_SR2_BUSY) {
        if (HAL_GetTick() - bus->start > bus->timeout) {
            return HAL_BUSY;
        }
    }
    return HAL_OK;
}

/* START, or START again, and the address; ADDR is left to be cleared. */
static HAL_StatusTypeDef address(const bus_t *bus, uint8_t byte) {
    I2C_TypeDef *regs = bus->i2c->Instance;
    SET_BIT(regs->CR1, I2C_CR1_ACK | I2C_CR1_START);
    HAL_StatusTypeDef status = await(bus, I2C_SR1_SB);
    if (status == HAL_OK) {
        regs->DR = byte;
        status = await(bus, I2C_SR1_ADDR);
    }
    return status;
}

/* Reading SR1, then SR2 clears ADDR. */
static void clear_addr(I2C_TypeDef *regs) {
    (void)regs->SR1;
    (void)regs->SR2;
}

static HAL_StatusTypeDef put(const bus_t *bus, const uint8_t *out, uint32_t count) {
    HAL_StatusTypeDef status = HAL_OK;
    for (uint32_t i = 0; status == HAL_OK && i < count; ++i) {
        status = await(bus, I2C_SR1_TXE);
        if (status == HAL_OK) {
            bus->i2c->Instance->DR = out[i];
        }
    }
    return status == HAL_OK && count > 0 ? await(bus, I2C_SR1_BTF) : status;
}

static HAL_StatusTypeDef open_write(const bus_t *bus, uint16_t device) {
    HAL_StatusTypeDef status = await_idle(bus);
    if (status == HAL_OK) {
        status = address(bus, I2C_7BIT_ADD_WRITE(device));
    }
    if (status == HAL_OK) {
        clear_addr(bus->i2c->Instance);
    }
    return status;
}

/* Where in the device: one byte, or two with the high one first. */
static HAL_StatusTypeDef put_place(const bus_t *bus, uint16_t place, uint16_t size) {
    uint8_t bytes[2] = { place >> 8, place };
    return size == I2C_MEMADD_SIZE_8BIT ? put(bus, bytes + 1, 1) : put(bus, bytes, 2);
}

static HAL_StatusTypeDef take(const bus_t *bus, uint32_t flag, uint8_t *in) {
    HAL_StatusTypeDef status = await(bus, flag);
    if (status == HAL_OK) {
        *in = bus->i2c->Instance->DR;
    }
    return status;
}

/* From START on. The last byte must not be acknowledged, and STOP be asked for before it is read; how, depends on the count. */
static HAL_StatusTypeDef get(const bus_t *bus, uint16_t device, uint8_t *in, uint32_t count) {
    I2C_TypeDef *regs = bus->i2c->Instance;
    HAL_StatusTypeDef status = address(bus, I2C_7BIT_ADD_READ(device));
    if (status != HAL_OK) {
        return status;
    }
    if (count < 2) {
        CLEAR_BIT(regs->CR1, I2C_CR1_ACK);
        clear_addr(regs);
        SET_BIT(regs->CR1, I2C_CR1_STOP);
        return count == 0 ? HAL_OK : take(bus, I2C_SR1_RXNE, in);
    }
    if (count == 2) {
        SET_BIT(regs->CR1, I2C_CR1_POS);
        clear_addr(regs);
        CLEAR_BIT(regs->CR1, I2C_CR1_ACK);
    } else {
        clear_addr(regs);
        for (; status == HAL_OK && count > 3; --count) {
            status = take(bus, I2C_SR1_RXNE, in++);
        }
        if (status == HAL_OK) {
            status = await(bus, I2C_SR1_BTF);
        }
        CLEAR_BIT(regs->CR1, I2C_CR1_ACK);
        if (status == HAL_OK) {
            *in++ = regs->DR;
        }
    }
    if (status == HAL_OK) {
        status = await(bus, I2C_SR1_BTF);
    }
    SET_BIT(regs->CR1, I2C_CR1_STOP);
    if (status == HAL_OK) {
        in[0] = regs->DR;
        in[1] = regs->DR;
    }
    return status;
}

HAL_StatusTypeDef HAL_I2C_Init(I2C_HandleTypeDef *i2c) {
    const I2C_InitTypeDef *init = &i2c->Init;
    I2C_TypeDef *regs = i2c->Instance;
    uint32_t clock = HAL_RCC_GetPCLK1Freq();
    uint32_t mhz = clock / 1000000U;
    uint32_t periods = init->DutyCycle == I2C_DUTYCYCLE_16_9 ? 25 : 3;
    int fast = init->ClockSpeed > 100000U;
    uint32_t ccr = (clock - 1) / (init->ClockSpeed * (fast ? periods : 2)) + 1;

    CLEAR_BIT(regs->CR1, I2C_CR1_PE);
    SET_BIT(regs->CR1, I2C_CR1_SWRST);
    CLEAR_BIT(regs->CR1, I2C_CR1_SWRST);
    MODIFY_REG(regs->CR2, I2C_CR2_FREQ, mhz);
    /* SCL may rise for 1000 ns, or 300 ns in fast mode. */
    regs->TRISE = fast ? mhz * 300U / 1000U + 1U : mhz + 1U;
    regs->CCR = fast ? I2C_CCR_FS | init->DutyCycle | ccr : ccr < 4 ? 4 : ccr;
    regs->OAR1 = init->AddressingMode | init->OwnAddress1;
    regs->OAR2 = init->DualAddressMode | init->OwnAddress2;
    regs->CR1 = init->GeneralCallMode | init->NoStretchMode | I2C_CR1_PE;
    i2c->ErrorCode = HAL_I2C_ERROR_NONE;
    i2c->State = HAL_I2C_STATE_READY;
    i2c->Mode = HAL_I2C_MODE_NONE;
    return HAL_OK;
}

HAL_StatusTypeDef HAL_I2C_DeInit(I2C_HandleTypeDef *i2c) {
    CLEAR_BIT(i2c->Instance->CR1, I2C_CR1_PE);
    i2c->State = HAL_I2C_STATE_RESET;
    return HAL_OK;
}

HAL_I2C_StateTypeDef HAL_I2C_GetState(I2C_HandleTypeDef *i2c) {
    return i2c->State;
}

HAL_StatusTypeDef HAL_I2C_IsDeviceReady(I2C_HandleTypeDef *i2c, uint16_t device, uint32_t trials, uint32_t timeout) {
    HAL_StatusTypeDef status = HAL_ERROR;
    for (uint32_t i = 0; status == HAL_ERROR && i < trials; ++i) {
        bus_t bus = begin(i2c, HAL_I2C_STATE_BUSY_TX, timeout);
        status = open_write(&bus, device);
        if (status == HAL_OK) {
            SET_BIT(i2c->Instance->CR1, I2C_CR1_STOP);
        }
        end(&bus, status);
    }
    return status;
}

HAL_StatusTypeDef HAL_I2C_Master_Transmit(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *out, uint16_t count, uint32_t timeout) {
    bus_t bus = begin(i2c, HAL_I2C_STATE_BUSY_TX, timeout);
    HAL_StatusTypeDef status = open_write(&bus, device);
    if (status == HAL_OK) {
        status = put(&bus, out, count);
    }
    if (status == HAL_OK) {
        SET_BIT(i2c->Instance->CR1, I2C_CR1_STOP);
    }
    return end(&bus, status);
}

HAL_StatusTypeDef HAL_I2C_Master_Receive(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *in, uint16_t count, uint32_t timeout) {
    bus_t bus = begin(i2c, HAL_I2C_STATE_BUSY_RX, timeout);
    HAL_StatusTypeDef status = await_idle(&bus);
    return end(&bus, status == HAL_OK ? get(&bus, device, in, count) : status);
}

HAL_StatusTypeDef HAL_I2C_Mem_Write(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *out, uint16_t count, uint32_t timeout) {
    bus_t bus = begin(i2c, HAL_I2C_STATE_BUSY_TX, timeout);
    HAL_StatusTypeDef status = open_write(&bus, device);
    if (status == HAL_OK) {
        status = put_place(&bus, place, size);
    }
    if (status == HAL_OK) {
        status = put(&bus, out, count);
    }
    if (status == HAL_OK) {
        SET_BIT(i2c->Instance->CR1, I2C_CR1_STOP);
    }
    return end(&bus, status);
}

HAL_StatusTypeDef HAL_I2C_Mem_Read(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *in, uint16_t count, uint32_t timeout) {
    bus_t bus = begin(i2c, HAL_I2C_STATE_BUSY_RX, timeout);
    HAL_StatusTypeDef status = open_write(&bus, device);
    if (status == HAL_OK) {
        status = put_place(&bus, place, size);
    }
    if (status == HAL_OK) {
        status = get(&bus, device, in, count);
    }
    return end(&bus, status);
}

/* As the slave whose address is in OAR1: a master calls, or the time is over. */
HAL_StatusTypeDef HAL_I2C_Slave_Transmit(I2C_HandleTypeDef *i2c, uint8_t *out, uint16_t count, uint32_t timeout) {
    bus_t bus = begin(i2c, HAL_I2C_STATE_BUSY_TX, timeout);
    SET_BIT(i2c->Instance->CR1, I2C_CR1_ACK);
    HAL_StatusTypeDef status = await(&bus, I2C_SR1_ADDR);
    if (status == HAL_OK) {
        clear_addr(i2c->Instance);
        status = put(&bus, out, count);
    }
    CLEAR_BIT(i2c->Instance->CR1, I2C_CR1_ACK);
    return end(&bus, status);
}

HAL_StatusTypeDef HAL_I2C_Slave_Receive(I2C_HandleTypeDef *i2c, uint8_t *in, uint16_t count, uint32_t timeout) {
    bus_t bus = begin(i2c, HAL_I2C_STATE_BUSY_RX, timeout);
    SET_BIT(i2c->Instance->CR1, I2C_CR1_ACK);
    HAL_StatusTypeDef status = await(&bus, I2C_SR1_ADDR);
    if (status == HAL_OK) {
        clear_addr(i2c->Instance);
    }
    for (uint32_t i = 0; status == HAL_OK && i < count; ++i) {
        status = take(&bus, I2C_SR1_RXNE, in + i);
    }
    if (status == HAL_OK) {
        status = await(&bus, I2C_SR1_STOPF);
        /* Cleared by a write to CR1 that follows a read of SR1. */
        SET_BIT(i2c->Instance->CR1, I2C_CR1_PE);
    }
    CLEAR_BIT(i2c->Instance->CR1, I2C_CR1_ACK);
    return end(&bus, status);
}

HAL_StatusTypeDef HAL_I2C_Master_Transmit_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *out, uint16_t count) {
    return HAL_I2C_Master_Transmit(i2c, device, out, count, DMA_TIMEOUT(count));
}

HAL_StatusTypeDef HAL_I2C_Master_Receive_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint8_t *in, uint16_t count) {
    return HAL_I2C_Master_Receive(i2c, device, in, count, DMA_TIMEOUT(count));
}

HAL_StatusTypeDef HAL_I2C_Slave_Transmit_DMA(I2C_HandleTypeDef *i2c, uint8_t *out, uint16_t count) {
    return HAL_I2C_Slave_Transmit(i2c, out, count, DMA_TIMEOUT(count));
}

HAL_StatusTypeDef HAL_I2C_Slave_Receive_DMA(I2C_HandleTypeDef *i2c, uint8_t *in, uint16_t count) {
    return HAL_I2C_Slave_Receive(i2c, in, count, DMA_TIMEOUT(count));
}

HAL_StatusTypeDef HAL_I2C_Mem_Write_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *out, uint16_t count) {
    return HAL_I2C_Mem_Write(i2c, device, place, size, out, count, DMA_TIMEOUT(count));
}

HAL_StatusTypeDef HAL_I2C_Mem_Read_DMA(I2C_HandleTypeDef *i2c, uint16_t device, uint16_t place, uint16_t size, uint8_t *in, uint16_t count) {
    return HAL_I2C_Mem_Read(i2c, device, place, size, in, count, DMA_TIMEOUT(count));
}
