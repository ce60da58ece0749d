// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Standalone.Host.Robot
{
    /// <summary>
    /// Robot Framework's remote library protocol over HTTP, on the local machine only. Calls are served one after the other, on
    /// the thread that calls <see cref="Run"/>.
    /// </summary>
    internal sealed class RemoteServer
    {
        /// <summary>Opens the port.</summary>
        /// <param name="port">The port of 127.0.0.1; 0 for any that is free.</param>
        /// <param name="keywords">What can be called.</param>
        /// <exception cref="SocketException">The port is taken.</exception>
        public RemoteServer(int port, KeywordTable keywords)
        {
            this.keywords = keywords;
            listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        /// <summary>Serves calls until one of them, or <see cref="Stop"/>, ends it.</summary>
        public void Run()
        {
            var connections = new List<Socket>();
            while(!isStopping)
            {
                // A client keeps its connection between calls, and there may be several clients.
                var readable = connections.Append(listener.Server).ToList();
                try
                {
                    Socket.Select(readable, null, null, -1);
                    if(readable.Remove(listener.Server))
                    {
                        var accepted = listener.AcceptSocket();
                        accepted.NoDelay = true;
                        connections.Add(accepted);
                    }
                }
                catch(Exception e) when(e is SocketException or ObjectDisposedException or InvalidOperationException)
                {
                    // Aborted.
                    break;
                }
                foreach(var connection in readable)
                {
                    if(!TryServe(connection))
                    {
                        connections.Remove(connection);
                        connection.Dispose();
                    }
                }
            }
            connections.ForEach(x => x.Dispose());
            listener.Stop();
        }

        /// <summary>Ends <see cref="Run"/> once the call in progress is answered.</summary>
        public void Stop()
        {
            isStopping = true;
        }

        /// <summary>Ends <see cref="Run"/> from another thread or a signal.</summary>
        public void Abort()
        {
            isStopping = true;
            listener.Stop();
        }

        /// <summary>The port in use.</summary>
        public int Port { get; }

        private bool TryServe(Socket connection)
        {
            try
            {
                using var stream = new NetworkStream(connection, ownsSocket: false);
                var header = ReadHeader(stream);
                if(header == null)
                {
                    return false;
                }
                var request = header[0].Split(' ');
                var fields = header.Skip(1).Select(x => x.Split(':', 2)).Where(x => x.Length == 2)
                    .ToLookup(x => x[0].Trim().ToLowerInvariant(), x => x[1].Trim());
                if(fields["expect"].Any(x => x.StartsWith("100", StringComparison.Ordinal)))
                {
                    stream.Write(Encoding.ASCII.GetBytes("HTTP/1.1 100 Continue\r\n\r\n"));
                }
                if(!int.TryParse(fields["content-length"].FirstOrDefault() ?? "0", out var length) || length < 0)
                {
                    Respond(stream, "400 Bad Request", "the Content-Length is no number", "text/plain");
                    return false;
                }
                var body = new byte[length];
                stream.ReadExactly(body);
                if(request[0] != "POST")
                {
                    Respond(stream, "405 Method Not Allowed", "this is an XML-RPC server: use POST", "text/plain");
                    return true;
                }
                Respond(stream, "200 OK", Answer(Encoding.UTF8.GetString(body)), "text/xml");
                var isOld = request.Length > 2 && request[2] == "HTTP/1.0" && !fields["connection"].Contains("keep-alive");
                return !isOld && !fields["connection"].Contains("close");
            }
            catch(Exception e) when(e is IOException or SocketException)
            {
                return false;
            }
        }

        private string Answer(string request)
        {
            try
            {
                var (method, parameters) = XmlRpc.ReadCall(request);
                switch(method)
                {
                case "get_library_information":
                    return XmlRpc.WriteResponse(keywords.Names.ToDictionary(x => x, x => new Dictionary<string, object>
                    {
                        { "args", anyArguments }, { "doc", keywords.GetDocumentation(x) },
                    }));
                case "get_keyword_names":
                    return XmlRpc.WriteResponse(keywords.Names);
                case "get_keyword_arguments":
                    return XmlRpc.WriteResponse(anyArguments);
                case "get_keyword_documentation":
                    return XmlRpc.WriteResponse(keywords.GetDocumentation(parameters.FirstOrDefault() as string));
                case "get_keyword_tags":
                    return XmlRpc.WriteResponse(Array.Empty<object>());
                case "stop_remote_server":
                    Stop();
                    return XmlRpc.WriteResponse(true);
                case "run_keyword" when parameters.Count >= 2 && parameters[0] is string name && parameters[1] is List<object> arguments:
                    var named = parameters.Count > 2 ? parameters[2] as Dictionary<string, object> : null;
                    return XmlRpc.WriteResponse(Run(name, arguments.Concat(named?.Select(x => (object)$"{x.Key}={x.Value}") ?? []).ToList()));
                case "run_keyword":
                    return XmlRpc.WriteFault(2, "run_keyword takes a name and a list of arguments");
                }
                return XmlRpc.WriteFault(1, $"there is no method '{method}'");
            }
            catch(XmlRpcException e)
            {
                return XmlRpc.WriteFault(3, e.Message);
            }
            catch(UnknownKeywordException e)
            {
                return XmlRpc.WriteFault(1, e.Message);
            }
            catch(KeywordException e)
            {
                return XmlRpc.WriteFault(2, e.Message);
            }
        }

        private Dictionary<string, object> Run(string name, List<object> arguments)
        {
            var result = new Dictionary<string, object>();
            try
            {
                var value = keywords.Run(name, arguments);
                if(value != null)
                {
                    result["return"] = value;
                }
                result["status"] = "PASS";
            }
            catch(Exception e) when(e is not UnknownKeywordException)
            {
                result["status"] = "FAIL";
                result["error"] = e is KeywordException or InvalidOperationException || e is Antmicro.Renode.Exceptions.RecoverableException
                    ? $"{e.GetType().Name}: {e.Message}"
                    : $"{e.GetType().Name}: {e.Message} (in the standalone host)";
                result["traceback"] = e.StackTrace ?? string.Empty;
            }
            return result;
        }

        private static List<string> ReadHeader(Stream stream)
        {
            var result = new List<string>();
            var line = new StringBuilder();
            while(true)
            {
                var character = stream.ReadByte();
                if(character < 0)
                {
                    return null;
                }
                if(character != '\n')
                {
                    line.Append((char)character);
                    continue;
                }
                var text = line.ToString().TrimEnd('\r');
                line.Clear();
                if(text.Length > 0)
                {
                    result.Add(text);
                }
                else if(result.Count > 0)
                {
                    return result;
                }
            }
        }

        private static void Respond(Stream stream, string status, string text, string type)
        {
            var body = Encoding.UTF8.GetBytes(text);
            var header = $"HTTP/1.1 {status}\r\nContent-Type: {type}; charset=utf-8\r\nContent-Length: {body.Length}\r\n\r\n";
            stream.Write(Encoding.ASCII.GetBytes(header).Concat(body).ToArray());
        }

        private volatile bool isStopping;

        private readonly KeywordTable keywords;
        private readonly TcpListener listener;

        // Named arguments come as "name=value", which the table sorts out as Renode does.
        private static readonly string[] anyArguments = { "*args" };
    }
}
