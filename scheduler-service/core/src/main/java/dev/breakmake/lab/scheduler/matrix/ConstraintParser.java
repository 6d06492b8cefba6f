package dev.breakmake.lab.scheduler.matrix;

import dev.breakmake.lab.scheduler.document.Scalars;
import dev.breakmake.lab.scheduler.matrix.Constraint.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Recursive descent over the text of a {@link Constraint}. */
final class ConstraintParser {

    private static final int MAX_LENGTH = 2000;
    private static final int MAX_DEPTH = 50;

    private final String text;
    private int at;
    private int depth;

    ConstraintParser(String text) {
        this.text = text;
    }

    Condition parse() {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters");
        }
        Condition condition = any();
        skipBlanks();
        if (at < text.length()) {
            throw error("expected &&, || or the end");
        }
        return condition;
    }

    private Condition any() {
        Condition left = all();
        while (accept("||")) {
            Condition first = left;
            Condition second = all();
            left = fields -> first.holds(fields) || second.holds(fields);
        }
        return left;
    }

    private Condition all() {
        Condition left = not();
        while (accept("&&")) {
            Condition first = left;
            Condition second = not();
            left = fields -> first.holds(fields) && second.holds(fields);
        }
        return left;
    }

    private Condition not() {
        if (++depth > MAX_DEPTH) {
            throw error("nested deeper than " + MAX_DEPTH + " levels");
        }
        try {
            skipBlanks();
            if (text.startsWith("!", at) && !text.startsWith("!=", at)) {
                at++;
                Condition inner = not();
                return fields -> !inner.holds(fields);
            }
            if (accept("(")) {
                Condition inner = any();
                expect(")");
                return inner;
            }
            return comparison();
        } finally {
            depth--;
        }
    }

    private Condition comparison() {
        int start = at;
        String name = word("a field name");
        if (!BootFields.isField(name)) {
            at = start;
            throw error("'" + name + "' is no field of a boot; known are " + BootFields.known());
        }
        for (String operator : List.of("==", "!=", "<=", ">=", "<", ">")) {
            if (accept(operator)) {
                String value = canonical(name, value());
                return fields -> compare(operator, fields.apply(name), value);
            }
        }
        String operator = word("an operator");
        return switch (operator) {
            case "matches" -> {
                Pattern pattern = glob(value());
                yield fields -> pattern.matcher(fields.apply(name)).matches();
            }
            case "in" -> {
                List<String> values = list(name);
                yield fields -> values.contains(fields.apply(name));
            }
            default -> throw error("'" + operator + "' is no operator; known are == != < <= > >= matches in");
        };
    }

    private List<String> list(String name) {
        expect("[");
        List<String> values = new ArrayList<>();
        do {
            values.add(canonical(name, value()));
        } while (accept(","));
        expect("]");
        return List.copyOf(values);
    }

    private String canonical(String name, String value) {
        try {
            return BootFields.canonical(name, value);
        } catch (IllegalArgumentException e) {
            throw error(String.valueOf(e.getMessage()));
        }
    }

    private String value() {
        skipBlanks();
        if (at < text.length() && (text.charAt(at) == '"' || text.charAt(at) == '\'')) {
            int end = text.indexOf(text.charAt(at), at + 1);
            if (end < 0) {
                throw error("this quotation never ends");
            }
            String value = text.substring(at + 1, end);
            at = end + 1;
            return value;
        }
        return word("a value");
    }

    private String word(String expected) {
        skipBlanks();
        int start = at;
        while (at < text.length()
                && (Character.isLetterOrDigit(text.charAt(at)) || "._-*?/".indexOf(text.charAt(at)) >= 0)) {
            at++;
        }
        if (at == start) {
            throw error("expected " + expected);
        }
        return text.substring(start, at);
    }

    private static boolean compare(String operator, String left, String right) {
        int order = order(left, right);
        return switch (operator) {
            case "==" -> order == 0;
            case "!=" -> order != 0;
            case "<=" -> order <= 0;
            case ">=" -> order >= 0;
            case "<" -> order < 0;
            default -> order > 0;
        };
    }

    private static int order(String left, String right) {
        try {
            return Long.compare(Scalars.integer(left), Scalars.integer(right));
        } catch (IllegalArgumentException notNumbers) {
            return left.compareTo(right);
        }
    }

    private static Pattern glob(String glob) {
        StringBuilder pattern = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            pattern.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(pattern.toString(), Pattern.DOTALL);
    }

    private boolean accept(String token) {
        skipBlanks();
        if (text.startsWith(token, at)) {
            at += token.length();
            return true;
        }
        return false;
    }

    private void expect(String token) {
        if (!accept(token)) {
            throw error("expected " + token);
        }
    }

    private void skipBlanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException error(String detail) {
        return new IllegalArgumentException("column " + (at + 1) + ": " + detail);
    }
}
