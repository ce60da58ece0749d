// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Threading.Tasks;
using System.Xml.Linq;

using NUnit.Framework;

using Standalone.Host.Robot;

namespace Standalone.Host.Tests
{
    [TestFixture]
    public class RemoteServerTests
    {
        [SetUp]
        public void SetUp()
        {
            table = new KeywordTable();
            provider = new Provider();
            table.Add(provider);
            server = new RemoteServer(0, table);
            running = Task.Run(server.Run);
            client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/") };
        }

        [TearDown]
        public void TearDown()
        {
            Call("stop_remote_server");
            Assert.That(running.Wait(TimeSpan.FromSeconds(10)), Is.True);
            client.Dispose();
        }

        [Test]
        public void ShouldListKeywords()
        {
            Assert.That(Call("get_keyword_names").Descendants("string").Select(x => x.Value), Is.SupersetOf(new[] { "Fail", "Join", "Provides", "Twice" }));
            Assert.That(Call("get_keyword_documentation", "Twice").Value, Is.EqualTo("Doubles."));
        }

        [TestCase("Twice", new[] { "21" }, "42")]
        [TestCase("Twice", new[] { "0x10" }, "32")]
        [TestCase("Twice", new[] { "number=4" }, "8")]
        [TestCase("twice", new[] { "1" }, "2")]
        [TestCase("Join", new[] { "a", "last=z" }, "a--z")]
        [TestCase("Join", new[] { "a=b" }, null)]
        [TestCase("Join", new[] { "first=a=b" }, "a=b--")]
        public void ShouldRunKeywords(string name, string[] arguments, string result)
        {
            var response = Call("run_keyword", name, arguments);
            if(result == null)
            {
                Assert.That(Member(response, "faultString"), Does.StartWith("Arguments types do not match any available keyword"));
                return;
            }
            Assert.That(Member(response, "status"), Is.EqualTo("PASS"));
            Assert.That(Member(response, "return"), Is.EqualTo(result));
        }

        [Test]
        public void ShouldReportFailures()
        {
            var response = Call("run_keyword", "Fail", Array.Empty<string>());
            Assert.That(Member(response, "status"), Is.EqualTo("FAIL"));
            Assert.That(Member(response, "error"), Is.EqualTo("KeywordException: as expected <&> "));
        }

        [Test]
        public void ShouldSayWhatOnlyRenodeHas()
        {
            Assert.That(Member(Call("run_keyword", "provides", new[] { "state" }), "error"),
                Is.EqualTo("KeywordException: The keyword Provides is not offered by the standalone host: Renode has it"));
        }

        [Test]
        public void ShouldAnswerWithAFaultIfThereIsNoSuchKeyword()
        {
            Assert.That(Member(Call("run_keyword", "Nothing", Array.Empty<string>()), "faultString"),
                Is.EqualTo("Keyword \"Nothing\" not found: the standalone host doesn't offer it, Renode may have it"));
            Assert.That(Member(Call("nothing"), "faultString"), Is.EqualTo("there is no method 'nothing'"));
        }

        [Test]
        public void ShouldSurviveNonsense()
        {
            Assert.That(Member(Post("<methodCall>"), "faultString"), Does.StartWith("the request is no XML"));
            Assert.That(Member(Post("<other/>"), "faultString"), Is.EqualTo("the request is no methodCall with a methodName"));
            Assert.That(Member(Post("<methodCall><methodName>run_keyword</methodName><params><param><value><int>x</int></value></param></params></methodCall>"),
                "faultString"), Is.EqualTo("'x' is no int"));
            Assert.That(client.GetAsync("/").Result.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.MethodNotAllowed));
            Assert.That(Member(Call("run_keyword", "Twice", new[] { "1" }), "return"), Is.EqualTo("2"));
        }

        private XElement Call(string method, params object[] parameters)
        {
            return Post(new XElement("methodCall", new XElement("methodName", method), new XElement("params", parameters.Select(x => new XElement("param", Value(x))))).ToString());
        }

        private static XElement Value(object value)
        {
            return new XElement("value", value is string[] items
                ? new XElement("array", new XElement("data", items.Select(Value)))
                : new XElement("string", value));
        }

        private XElement Post(string text)
        {
            var response = client.PostAsync("/", new StringContent(text, Encoding.UTF8, "text/xml")).Result;
            return XElement.Parse(response.Content.ReadAsStringAsync().Result);
        }

        private static string Member(XElement response, string name)
        {
            return response.Descendants("member").FirstOrDefault(x => x.Element("name").Value == name)?.Element("value").Value;
        }

        private KeywordTable table;
        private Provider provider;
        private RemoteServer server;
        private Task running;
        private HttpClient client;

        private sealed class Provider
        {
            [Keyword("Doubles.")]
            public int Twice(int number)
            {
                return 2 * number;
            }

            [Keyword("Joins.")]
            public string Join(string first, string middle = "-", string last = null)
            {
                return $"{first}-{middle}{last}";
            }

            [Keyword("Fails.")]
            public void Fail()
            {
                throw new KeywordException("as expected <&> \0");
            }
        }
    }
}
