// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Globalization;

namespace Standalone.Host
{
    /// <summary>Turns written numbers into numbers of a type: decimal, 0x and 0b notation, `_` between digits, a sign.</summary>
    internal static class Numbers
    {
        /// <summary>Reads a number as <paramref name="type"/>.</summary>
        /// <returns>False if the text is no number or does not fit the type.</returns>
        public static bool TryParse(string text, Type type, out object result)
        {
            result = null;
            if(type == typeof(float) || type == typeof(double) || type == typeof(decimal))
            {
                if(TryParse(text, out ulong whole))
                {
                    result = Convert.ChangeType(whole, type, CultureInfo.InvariantCulture);
                    return true;
                }
                if(!double.TryParse(text.Replace("_", string.Empty), NumberStyles.Float, CultureInfo.InvariantCulture, out var real))
                {
                    return false;
                }
                result = Convert.ChangeType(real, type, CultureInfo.InvariantCulture);
                return true;
            }
            var negative = text.StartsWith('-');
            if(!TryParse(text.TrimStart('-', '+'), out ulong magnitude))
            {
                return false;
            }
            return negative ? TryFit(-(decimal)magnitude, type, out result) : TryFit(magnitude, type, out result);
        }

        /// <summary>Reads a number of up to 64 bits without a sign.</summary>
        public static bool TryParse(string text, out ulong result)
        {
            text = text.Replace("_", string.Empty);
            if(text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
            {
                return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out result);
            }
            if(text.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
            {
                return ulong.TryParse(text.AsSpan(2), NumberStyles.AllowBinarySpecifier, CultureInfo.InvariantCulture, out result);
            }
            return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out result);
        }

        /// <summary>Turns a whole number into a value of the given integer type, if that type can hold it.</summary>
        public static bool TryFit(decimal value, Type type, out object result)
        {
            try
            {
                result = Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
                return true;
            }
            catch(Exception e) when(e is OverflowException or InvalidCastException)
            {
                result = null;
                return false;
            }
        }

        public static bool IsNumeric(Type type)
        {
            return !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.Decimal;
        }

        public static bool IsInteger(Type type)
        {
            return !type.IsEnum && Type.GetTypeCode(type) is >= TypeCode.SByte and <= TypeCode.UInt64;
        }
    }
}
