// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;

using Antmicro.Renode.Peripherals;
using Antmicro.Renode.Peripherals.Chip;
using Antmicro.Renode.UserInterface;

using NUnit.Framework;

using UnitTests.Fidelity;

namespace UnitTests
{
    /// <summary>What a model offers in the Monitor is for people: it stands in docs/monitor.md, or it is hidden.</summary>
    [TestFixture]
    public class MonitorVerbTests
    {
        [TestCaseSource(nameof(Verbs))]
        public void ShouldStandInTheReference(Type model, string verb)
        {
            Assert.That(Reference, Does.Match($@"\b{verb}\b"), $"{model.Name}.{verb}: say what it does in docs/monitor.md, or give it [HideInMonitor]");
        }

        public static IEnumerable<TestCaseData> Verbs => typeof(STM32F4_Supplies).Assembly.GetTypes()
            .Where(x => typeof(IPeripheral).IsAssignableFrom(x) && !x.IsAbstract)
            .SelectMany(model => model.GetMembers(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
                .Where(x => IsVerb(model, x)).Select(x => x.Name).Distinct()
                .Select(x => new TestCaseData(model, x).SetArgDisplayNames(model.Name, x)));

        private static bool IsVerb(Type model, MemberInfo member)
        {
            if(member.GetCustomAttribute<HideInMonitorAttribute>() != null)
            {
                return false;
            }
            return member is MethodInfo method ? !method.IsSpecialName && !IsOfTheHost(model, method) && method.GetBaseDefinition() == method
                : member is PropertyInfo property && property.GetIndexParameters().Length == 0 && !IsOfTheHost(model, property.GetMethod);
        }

        // Bus accesses, lines and their like: every peripheral has them.
        private static bool IsOfTheHost(Type model, MethodInfo method)
        {
            return method.GetCustomAttributes().Any(x => x.GetType().Name == "ConnectionRegionAttribute")
                || model.GetInterfaces().Where(x => x.Assembly != model.Assembly).Any(x => model.GetInterfaceMap(x).TargetMethods.Contains(method))
                || typeof(Antmicro.Renode.Core.GPIO).IsAssignableFrom(method.ReturnType);
        }

        private static readonly string Reference = File.ReadAllText(Path.Combine(Fact.Root, "docs", "monitor.md"));
    }
}
