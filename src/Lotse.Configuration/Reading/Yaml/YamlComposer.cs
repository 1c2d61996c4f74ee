using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lotse.Configuration.Reading.Yaml;

/// <summary>
/// Makes a tree of nodes from YamlDotNet's events: every node keeps its place, duplicate keys are problems, aliases
/// share their node and merge keys (<c>&lt;&lt;</c>) are filled in.
/// </summary>
internal sealed class YamlComposer
{
    /// <summary>Deeper nesting than any configuration has; keeps a hostile file from exhausting the stack.</summary>
    private const int MaximumDepth = 50;

    private readonly string file;
    private readonly Parser parser;
    private readonly ProblemList problems;
    private readonly Dictionary<string, YamlNode> anchors = new(StringComparer.Ordinal);
    private readonly Stack<Mark> openBrackets = new();
    private int depth;

    private YamlComposer(string file, string text, ProblemList problems)
    {
        this.file = file;
        this.problems = problems;
        parser = new Parser(new StringReader(text));
    }

    /// <summary>
    /// Reads a document; its node is null when the file is empty. False when it is broken, with a problem.
    /// </summary>
    public static bool TryCompose(string file, string text, ProblemList problems, out YamlNode? node)
    {
        node = null;
        if (ErbCheck.Report(file, text, problems))
        {
            return false;
        }

        var composer = new YamlComposer(file, text, problems);
        try
        {
            node = composer.Document();
            return true;
        }
        catch (YamlException e)
        {
            var (start, end) = (composer.MarkOf(e.Start), composer.MarkOf(e.End));
            problems.Add(SyntaxDiagnosis.Explain(text, start, end, composer.OpenBracket, e.Message));
        }
        catch (InvalidOperationException e)
        {
            // YamlDotNet 18 loses its own state at an unclosed bracket and throws this instead of a YamlException.
            var mark = composer.parser.Current is { } last ? composer.MarkOf(last.End) : new Mark(file, 1, 1);
            problems.Add(SyntaxDiagnosis.Explain(text, mark, mark, composer.OpenBracket, e.Message));
        }

        return false;
    }

    private Mark? OpenBracket => openBrackets.TryPeek(out var mark) ? mark : null;

    private YamlNode? Document()
    {
        YamlNode? root = null;
        while (parser.MoveNext())
        {
            if (parser.Current is not (NodeEvent or AnchorAlias))
            {
                continue;
            }

            if (root is not null)
            {
                problems.Error(
                    MarkOf(parser.Current.Start),
                    "",
                    "a second document begins here",
                    "Remove the line '---' above it: a configuration file is one document."
                );
                return root;
            }

            root = Node();
        }

        return root;
    }

    private YamlNode Node()
    {
        var current = parser.Current!;
        var mark = MarkOf(current.Start);
        if (current is AnchorAlias alias)
        {
            return Alias(alias, mark);
        }

        if (++depth > MaximumDepth)
        {
            throw new SemanticErrorException(current.Start, current.End, $"nested deeper than {MaximumDepth} levels");
        }

        CheckTag((NodeEvent)current, mark);
        var node = current switch
        {
            Scalar s => new ScalarNode(mark, s.Value, s.Style is ScalarStyle.Plain && !IsText(s.Tag)),
            SequenceStart s => List(mark, s.Style is SequenceStyle.Flow),
            MappingStart m => (YamlNode)Map(mark, m.Style is MappingStyle.Flow),
            _ => throw new SemanticErrorException(current.Start, current.End, "unexpected event"),
        };
        if (((NodeEvent)current).Anchor is { IsEmpty: false } anchor)
        {
            anchors[anchor.Value] = node;
        }

        depth--;
        return node;
    }

    private YamlNode Alias(AnchorAlias alias, Mark mark)
    {
        if (anchors.TryGetValue(alias.Value.Value, out var node))
        {
            return node;
        }

        problems.Error(
            mark,
            "",
            $"the alias *{alias.Value.Value} has no anchor above it",
            $"Define &{alias.Value.Value} earlier in this file, or put the value in quotes if it is meant as text."
        );
        return new ScalarNode(mark, "", IsPlain: false);
    }

    private ListNode List(Mark mark, bool isFlow)
    {
        var items = ImmutableArray.CreateBuilder<YamlNode>();
        Enter(mark, isFlow);
        while (Next() is not SequenceEnd)
        {
            items.Add(Node());
        }

        Leave(isFlow);
        return new ListNode(mark, items.ToImmutable());
    }

    private MapNode Map(Mark mark, bool isFlow)
    {
        var map = new MapBuilder(problems);
        Enter(mark, isFlow);
        while (Next() is not MappingEnd)
        {
            var key = Node();
            Next();
            map.Add(key, Node());
        }

        Leave(isFlow);
        return map.ToNode(mark);
    }

    private ParsingEvent Next() =>
        parser.MoveNext() ? parser.Current! : throw new SemanticErrorException("the file ends too early");

    private void Enter(Mark mark, bool isFlow)
    {
        if (isFlow)
        {
            openBrackets.Push(mark);
        }
    }

    private void Leave(bool isFlow)
    {
        if (isFlow)
        {
            openBrackets.Pop();
        }
    }

    private void CheckTag(NodeEvent node, Mark mark)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific || IsCore(node.Tag))
        {
            return;
        }

        problems.Error(mark, "", $"the tag {node.Tag.Value} is not supported", "Remove it and write the value itself.");
    }

    private static bool IsCore(TagName tag) => tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal);

    private static bool IsText(TagName tag) => !tag.IsEmpty && tag.Value == "tag:yaml.org,2002:str";

    private Mark MarkOf(YamlDotNet.Core.Mark mark) =>
        new(file, Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));
}
