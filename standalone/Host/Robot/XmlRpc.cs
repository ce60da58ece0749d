// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml;
using System.Xml.Linq;

namespace Standalone.Host.Robot
{
    /// <summary>A request that is no XML-RPC.</summary>
    internal sealed class XmlRpcException : Exception
    {
        public XmlRpcException(string message) : base(message)
        {
        }
    }

    /// <summary>Reads calls and writes answers of the XML-RPC protocol.</summary>
    internal static class XmlRpc
    {
        /// <summary>Reads a call.</summary>
        /// <exception cref="XmlRpcException">The text is no call.</exception>
        public static (string Method, List<object> Parameters) ReadCall(string text)
        {
            XElement root;
            try
            {
                using var reader = XmlReader.Create(new StringReader(text), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
                root = XElement.Load(reader, LoadOptions.PreserveWhitespace);
            }
            catch(XmlException e)
            {
                throw new XmlRpcException($"the request is no XML: {e.Message}");
            }
            var method = root.Name.LocalName == "methodCall" ? root.Element("methodName")?.Value.Trim() : null;
            if(string.IsNullOrEmpty(method))
            {
                throw new XmlRpcException("the request is no methodCall with a methodName");
            }
            var parameters = root.Element("params")?.Elements("param").Select(x => ReadValue(x.Element("value"))).ToList();
            return (method, parameters ?? new List<object>());
        }

        /// <summary>Writes the answer to a call.</summary>
        public static string WriteResponse(object value)
        {
            return Write(new XElement("methodResponse", new XElement("params", new XElement("param", WriteValue(value)))));
        }

        /// <summary>Writes a fault.</summary>
        public static string WriteFault(int code, string message)
        {
            var fault = new Dictionary<string, object> { { "faultCode", code }, { "faultString", message } };
            return Write(new XElement("methodResponse", new XElement("fault", WriteValue(fault))));
        }

        private static object ReadValue(XElement value)
        {
            if(value == null)
            {
                throw new XmlRpcException("a value is missing");
            }
            var typed = value.Elements().FirstOrDefault();
            if(typed == null)
            {
                return value.Value;
            }
            try
            {
                switch(typed.Name.LocalName)
                {
                case "string":
                    return typed.Value;
                case "int":
                case "i4":
                    return int.Parse(typed.Value, CultureInfo.InvariantCulture);
                case "i8":
                    return long.Parse(typed.Value, CultureInfo.InvariantCulture);
                case "boolean":
                    return typed.Value.Trim() == "1";
                case "double":
                    return double.Parse(typed.Value, CultureInfo.InvariantCulture);
                case "base64":
                    return Convert.FromBase64String(typed.Value);
                case "nil":
                    return null;
                case "array":
                    return typed.Element("data")?.Elements("value").Select(ReadValue).ToList() ?? new List<object>();
                case "struct":
                    return typed.Elements("member").ToDictionary(x => x.Element("name")?.Value ?? string.Empty, x => ReadValue(x.Element("value")));
                }
            }
            catch(Exception e) when(e is FormatException or OverflowException or ArgumentException)
            {
                throw new XmlRpcException($"'{typed.Value}' is no {typed.Name.LocalName}");
            }
            throw new XmlRpcException($"values of type '{typed.Name.LocalName}' are not understood");
        }

        private static XElement WriteValue(object value)
        {
            return new XElement("value", value switch
            {
                null => new XElement("string"),
                string text => new XElement("string", Clean(text)),
                bool boolean => new XElement("boolean", boolean ? 1 : 0),
                byte or sbyte or short or ushort or int => new XElement("int", Convert.ToInt32(value, CultureInfo.InvariantCulture)),
                float or double or decimal => new XElement("double", Convert.ToDouble(value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)),
                byte[] bytes => new XElement("base64", Convert.ToBase64String(bytes)),
                IDictionary members => new XElement("struct", members.Keys.Cast<object>()
                    .Select(x => new XElement("member", new XElement("name", Clean(x.ToString())), WriteValue(members[x])))),
                IEnumerable items => new XElement("array", new XElement("data", items.Cast<object>().Select(WriteValue))),
                // What XML-RPC has no type for travels as text.
                _ => new XElement("string", Clean(Convert.ToString(value, CultureInfo.InvariantCulture))),
            });
        }

        // XML has no way to write other control characters.
        private static string Clean(string text)
        {
            if(text.All(x => x >= ' ' ? !char.IsSurrogate(x) && x < '\uFFFE' : x is '\n' or '\t'))
            {
                return text;
            }
            return new string(text.Where(x => x is '\n' or '\t' || (x >= ' ' && !char.IsSurrogate(x) && x < '\uFFFE')).ToArray());
        }

        private static string Write(XElement root)
        {
            return "<?xml version=\"1.0\"?>" + root.ToString(SaveOptions.DisableFormatting);
        }
    }
}
