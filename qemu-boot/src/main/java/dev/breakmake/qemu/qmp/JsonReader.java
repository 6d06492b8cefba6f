package dev.breakmake.qemu.qmp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads one JSON value. Nesting is bounded, and everything after the value is an error. */
public final class JsonReader {

    private static final int MAX_DEPTH = 64;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /** Reads the text; fails with the character position of the first mistake. */
    public static Json read(String text) throws QmpException {
        JsonReader reader = new JsonReader(text);
        Json value = reader.value(0);
        reader.space();
        if (reader.at < text.length()) {
            throw reader.error("something follows the value");
        }
        return value;
    }

    private Json value(int depth) throws QmpException {
        if (depth == MAX_DEPTH) {
            throw error("nested deeper than " + MAX_DEPTH);
        }
        space();
        return switch (peek()) {
            case '{' -> members(depth);
            case '[' -> elements(depth);
            case '"' -> new Json.Text(string());
            case 't' -> literal("true", new Json.Truth(true));
            case 'f' -> literal("false", new Json.Truth(false));
            case 'n' -> literal("null", new Json.Null());
            default -> numeral();
        };
    }

    private Json members(int depth) throws QmpException {
        Map<String, Json> map = new LinkedHashMap<>();
        at++;
        space();
        if (peek() == '}') {
            at++;
            return new Json.Members(map);
        }
        while (true) {
            space();
            if (peek() != '"') {
                throw error("expected a member name");
            }
            String name = string();
            space();
            expect(':');
            map.put(name, value(depth + 1));
            space();
            if (peek() == '}') {
                at++;
                return new Json.Members(map);
            }
            expect(',');
        }
    }

    private Json elements(int depth) throws QmpException {
        List<Json> list = new ArrayList<>();
        at++;
        space();
        if (peek() == ']') {
            at++;
            return new Json.Elements(list);
        }
        while (true) {
            list.add(value(depth + 1));
            space();
            if (peek() == ']') {
                at++;
                return new Json.Elements(list);
            }
            expect(',');
        }
    }

    private String string() throws QmpException {
        StringBuilder result = new StringBuilder();
        at++;
        while (true) {
            char c = peek();
            at++;
            if (c == '"') {
                return result.toString();
            }
            if (c < ' ') {
                throw error("control character in a string");
            }
            result.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() throws QmpException {
        char c = peek();
        at++;
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                int code = 0;
                for (int i = 0; i < 4; i++) {
                    int digit = Character.digit(peek(), 16);
                    if (digit < 0) {
                        throw error("a \\u escape needs four hexadecimal digits");
                    }
                    code = code << 4 | digit;
                    at++;
                }
                yield (char) code;
            }
            default -> throw error("unknown escape");
        };
    }

    private Json numeral() throws QmpException {
        int start = at;
        while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String digits = text.substring(start, at);
        if (!digits.matches("-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
            throw error("expected a value");
        }
        return new Json.Numeral(digits);
    }

    private Json literal(String word, Json value) throws QmpException {
        if (!text.startsWith(word, at)) {
            throw error("expected " + word);
        }
        at += word.length();
        return value;
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private char peek() throws QmpException {
        if (at >= text.length()) {
            throw error("the text ends early");
        }
        return text.charAt(at);
    }

    private void expect(char c) throws QmpException {
        if (peek() != c) {
            throw error("expected '" + c + "'");
        }
        at++;
    }

    private QmpException error(String what) {
        return new QmpException("JSON, character %d: %s".formatted(at, what));
    }
}
