// Copyright (c) 2026 renode-bkpsram contributors
// SPDX-License-Identifier: MIT

using System.Collections.Generic;
using System.Linq;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Mutate
{
    /// <summary>One change of the source, and what became of it.</summary>
    public sealed class Mutant
    {
        public string File { get; set; }

        public int Line { get; set; }

        public string Change { get; set; }

        public string Verdict { get; set; }
    }

    /// <summary>Puts every mutant of a file into it at once; <c>Mutation.Switch</c> chooses the one that acts.</summary>
    public sealed class Mutator : CSharpSyntaxRewriter
    {
        /// <param name="model">Meaning of the original file.</param>
        /// <param name="file">Its name in reports.</param>
        /// <param name="mutants">All mutants so far; a mutant's number is its index.</param>
        /// <param name="dropped">Numbers of those that don't compile.</param>
        public Mutator(SemanticModel model, string file, List<Mutant> mutants, ISet<int> dropped)
        {
            this.model = model;
            this.file = file;
            this.mutants = mutants;
            this.dropped = dropped;
        }

        public override SyntaxNode Visit(SyntaxNode node)
        {
            if(node == null || IsLeftAlone(node))
            {
                return node;
            }
            var visited = base.Visit(node);
            return node switch
            {
                ExpressionSyntax expression => MutationsOf(expression).Aggregate(visited, (current, mutated) => Choose(expression, mutated, current)),
                StatementSyntax statement => MutateStatement(statement, visited),
                _ => visited,
            };
        }

        // What is made once can't be switched: a list that is read only is made at each use.
        public override SyntaxNode VisitFieldDeclaration(FieldDeclarationSyntax node)
        {
            var visited = (FieldDeclarationSyntax)base.VisitFieldDeclaration(node);
            var variable = visited.Declaration.Variables[0];
            if(!node.Modifiers.Any(SyntaxKind.StaticKeyword) || !node.Modifiers.Any(SyntaxKind.ReadOnlyKeyword) || variable.Initializer == null)
            {
                return visited;
            }
            var made = variable.Initializer.Value is InitializerExpressionSyntax list ? $"new {node.Declaration.Type} {list}" : variable.Initializer.Value.ToString();
            var modifiers = string.Join(" ", node.Modifiers.Where(x => !x.IsKind(SyntaxKind.ReadOnlyKeyword)));
            return SyntaxFactory.ParseMemberDeclaration($"{modifiers} {node.Declaration.Type} {variable.Identifier} => {made};\n");
        }

        public override SyntaxNode VisitMethodDeclaration(MethodDeclarationSyntax node)
        {
            var visited = (MethodDeclarationSyntax)base.VisitMethodDeclaration(node);
            return node.ExpressionBody != null && node.ReturnType.ToString() == "void"
                ? visited.WithExpressionBody(null).WithSemicolonToken(default).WithBody(RemovableBody(node.ExpressionBody.Expression, visited.ExpressionBody.Expression))
                : visited;
        }

        public override SyntaxNode VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node)
        {
            var visited = (ParenthesizedLambdaExpressionSyntax)base.VisitParenthesizedLambdaExpression(node);
            return node.ExpressionBody != null && ReturnsVoid(node)
                ? visited.WithExpressionBody(null).WithBlock(RemovableBody(node.ExpressionBody, visited.ExpressionBody))
                : visited;
        }

        private static bool IsLeftAlone(SyntaxNode node)
        {
            return node switch
            {
                AttributeListSyntax or EnumDeclarationSyntax or PatternSyntax or SwitchLabelSyntax or TypeSyntax or InterpolatedStringExpressionSyntax => true,
                FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ConstKeyword),
                LocalDeclarationStatementSyntax local => local.IsConst,
                EqualsValueClauseSyntax value => value.Parent is ParameterSyntax,
                // Undeclared bits read 0 as reserved ones do; only the log tells them apart.
                ArgumentListSyntax { Parent: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "WithReservedBits" } } } => true,
                ObjectCreationExpressionSyntax made => made.Type.ToString().EndsWith("Exception"),
                InvocationExpressionSyntax call => call.Expression.ToString() is var name && (name.EndsWith("Log") || name == "nameof"),
                _ => false,
            };
        }

        private IEnumerable<string> MutationsOf(ExpressionSyntax expression)
        {
            // A variable that is declared within can't be declared twice.
            if(expression.DescendantNodesAndSelf().Any(x => x is SingleVariableDesignationSyntax) || expression.Parent is ExpressionStatementSyntax)
            {
                return Enumerable.Empty<string>();
            }
            var type = model.GetTypeInfo(expression).Type;
            switch(expression)
            {
            case LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.NumericLiteralExpression):
                return new[] { $"({literal} + 1)" };
            case LiteralExpressionSyntax literal:
                return literal.IsKind(SyntaxKind.TrueLiteralExpression) ? new[] { "false" } : literal.IsKind(SyntaxKind.FalseLiteralExpression) ? new[] { "true" } : new string[0];
            case BinaryExpressionSyntax binary when binary.IsKind(SyntaxKind.CoalesceExpression):
                return new[] { $"{binary.Right}" };
            case BinaryExpressionSyntax binary when OperatorMutations.TryGetValue(binary.OperatorToken.Text, out var operators) && type?.SpecialType != SpecialType.System_String:
                return operators.Split(' ').Select(x => $"({binary.Left} {x} {binary.Right})");
            case PrefixUnaryExpressionSyntax prefix when prefix.OperatorToken.Text is "!" or "-" or "~":
                return new[] { prefix.Operand.ToString() };
            case InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } call when CallMutations.TryGetValue(member.Name.Identifier.Text, out var other)
                && model.GetSymbolInfo(call).Symbol?.ContainingType.ToString() is "System.Linq.Enumerable" or "System.Math":
                return new[] { $"{member.Expression}.{other}{call.ArgumentList}" };
            case IdentifierNameSyntax or MemberAccessExpressionSyntax or InvocationExpressionSyntax or ElementAccessExpressionSyntax or CastExpressionSyntax or IsPatternExpressionSyntax:
                return Plain(expression, type);
            default:
                return Enumerable.Empty<string>();
            }
        }

        private static IEnumerable<string> Plain(ExpressionSyntax expression, ITypeSymbol type)
        {
            var isResult = expression.Parent is ReturnStatementSyntax or ArrowExpressionClauseSyntax or LambdaExpressionSyntax;
            var isDecision = isResult || expression.Parent is ConditionalExpressionSyntax conditional && conditional.Condition == expression
                || expression.Parent is IfStatementSyntax or BinaryExpressionSyntax { OperatorToken.Text: "&&" or "||" };
            if(type?.SpecialType == SpecialType.System_Boolean)
            {
                return isDecision ? new[] { $"!({expression})" } : new string[0];
            }
            return isResult && type is { IsValueType: true } && type.SpecialType != SpecialType.System_Void ? new[] { $"default({type})" } : new string[0];
        }

        private SyntaxNode MutateStatement(StatementSyntax statement, SyntaxNode visited)
        {
            var other = statement switch
            {
                ExpressionStatementSyntax { Expression: PostfixUnaryExpressionSyntax x } => x.Operand + (x.OperatorToken.Text == "++" ? "--;" : "++;"),
                ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax x } when OperatorMutations.TryGetValue(x.OperatorToken.Text, out var assign) => $"{x.Left} {assign} {x.Right};",
                ExpressionStatementSyntax x when !IsLeftAlone(x.Expression) && !x.Expression.ToString().StartsWith("base.Dispose") => "",
                BreakStatementSyntax x when !x.Ancestors().OfType<StatementSyntax>().SkipWhile(y => y is BlockSyntax or IfStatementSyntax).Take(1).OfType<SwitchStatementSyntax>().Any() => "",
                ReturnStatementSyntax { Expression: null } or ContinueStatementSyntax or ThrowStatementSyntax or YieldStatementSyntax => "",
                _ => null,
            };
            if(other == null || statement.DescendantNodes().Any(x => x is SingleVariableDesignationSyntax))
            {
                return visited;
            }
            var number = Add(statement, statement.ToString(), other == "" ? "(removed)" : other);
            return number < 0 ? visited : SyntaxFactory.ParseStatement($"{{ if({Switch(number)}) {{ {other} }} else {{ {visited} }} }}\n");
        }

        private BlockSyntax RemovableBody(ExpressionSyntax original, ExpressionSyntax visited)
        {
            var number = IsLeftAlone(original) ? -1 : Add(original, original.ToString(), "(removed)");
            return (BlockSyntax)SyntaxFactory.ParseStatement(number < 0 ? $"{{ {visited}; }}\n" : $"{{ if(!{Switch(number)}) {{ {visited}; }} }}\n");
        }

        private SyntaxNode Choose(ExpressionSyntax original, string mutated, SyntaxNode visited)
        {
            var number = Add(original, original.ToString(), mutated);
            if(number < 0)
            {
                return visited;
            }
            var type = model.GetTypeInfo(original).ConvertedType;
            var cast = type?.SpecialType >= SpecialType.System_SByte && type.SpecialType <= SpecialType.System_Double ? $"({type})" : "";
            return SyntaxFactory.ParseExpression($"({cast}({Switch(number)} ? {mutated} : {visited}))").WithTriviaFrom(original);
        }

        private bool ReturnsVoid(LambdaExpressionSyntax lambda)
        {
            return model.GetTypeInfo(lambda).ConvertedType is INamedTypeSymbol { DelegateInvokeMethod.ReturnsVoid: true };
        }

        private int Add(SyntaxNode node, string original, string mutated)
        {
            var line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
            mutants.Add(new Mutant { File = file, Line = line, Change = $"{OneLine(original)}  ->  {OneLine(mutated)}" });
            return dropped.Contains(mutants.Count - 1) ? -1 : mutants.Count - 1;
        }

        private static string OneLine(string text)
        {
            var line = string.Join(" ", text.Split(new[] { ' ', '\n', '\r' }, System.StringSplitOptions.RemoveEmptyEntries));
            return line.Length <= 110 ? line : line.Substring(0, 107) + "...";
        }

        private static string Switch(int number) => $"Mutation.Switch.Is({number})";

        private readonly SemanticModel model;
        private readonly string file;
        private readonly List<Mutant> mutants;
        private readonly ISet<int> dropped;

        private static readonly Dictionary<string, string> OperatorMutations = new Dictionary<string, string>
        {
            { "+", "-" }, { "-", "+" }, { "*", "/" }, { "/", "*" }, { "%", "*" }, { "&", "|" }, { "|", "&" }, { "^", "|" }, { "<<", ">>" }, { ">>", "<<" },
            { "<", "<= >=" }, { "<=", "< >" }, { ">", ">= <=" }, { ">=", "> <" }, { "==", "!=" }, { "!=", "==" }, { "&&", "||" }, { "||", "&&" },
            { "+=", "-=" }, { "-=", "+=" }, { "*=", "/=" }, { "/=", "*=" }, { "|=", "&=" }, { "&=", "|=" }, { "^=", "|=" }, { "<<=", ">>=" }, { ">>=", "<<=" },
        };

        private static readonly Dictionary<string, string> CallMutations = new Dictionary<string, string>
        {
            { "Any", "All" }, { "All", "Any" }, { "Min", "Max" }, { "Max", "Min" }, { "First", "Last" }, { "Last", "First" }, { "Skip", "Take" }, { "Take", "Skip" },
        };
    }
}
