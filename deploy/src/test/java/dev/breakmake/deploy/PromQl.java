package dev.breakmake.deploy;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Metric names in an expression: every identifier that is neither a function, a keyword, a label nor a text. */
final class PromQl {

    private static final Pattern NOT_NAMES = Pattern.compile("\"[^\"]*\"|\\{[^}]*}|\\[[^\\]]*]"
            + "|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
    private static final Pattern IDENTIFIER = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*(?!\\w)(?!\\s*\\()");
    private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "bool", "offset");
    /** Made by Prometheus itself. */
    private static final Set<String> ITS_OWN = Set.of("up", "ALERTS");

    private PromQl() {}

    static Set<String> names(String expression) {
        // Label matchers first: they may hold anything in quotes.
        String rest = NOT_NAMES.matcher(expression.replaceAll("\\{[^}]*}", " ")).replaceAll(" ");
        Set<String> names = new TreeSet<>();
        Matcher matcher = IDENTIFIER.matcher(rest);
        while (matcher.find()) {
            boolean partOfNumber = matcher.start() > 0 && Character.isLetterOrDigit(rest.charAt(matcher.start() - 1));
            if (!partOfNumber && !KEYWORDS.contains(matcher.group()) && !ITS_OWN.contains(matcher.group())) {
                names.add(matcher.group());
            }
        }
        return names;
    }
}
