package dev.breakmake.translation.trace.casemate;

import dev.breakmake.translation.trace.TraceFormatException;
import java.nio.charset.StandardCharsets;

/** Reads the parenthesised records byte by byte. Errors name line and column, which are counted only then. */
final class Scanner {
    /** Value of a hexadecimal digit by character, -1 for every other. */
    private static final byte[] DIGITS = new byte[256];

    /** 1 for blanks and parentheses, which end an atom. */
    private static final byte[] DELIMITERS = new byte[256];

    static {
        for (int c = 0; c < 256; c++) {
            DIGITS[c] = (byte) (c < 128 ? Character.digit(c, 16) : -1);
            DELIMITERS[c] = (byte) (c <= ' ' || c == '(' || c == ')' ? 1 : 0);
        }
    }

    private final byte[] data;
    private int position;
    private int start;
    private int end;

    Scanner(byte[] data) {
        this.data = data;
    }

    byte[] data() {
        return data;
    }

    /** First byte of the token read last. */
    int tokenStart() {
        return start;
    }

    /** End of the token read last. */
    int tokenEnd() {
        return end;
    }

    void rewind() {
        position = 0;
    }

    private void skipBlanks() {
        while (position < data.length && data[position] <= ' ' && data[position] >= 0) {
            position++;
        }
    }

    /** Whether another record or line follows. */
    boolean more() {
        skipBlanks();
        return position < data.length;
    }

    /** The next byte that is no blank; 0 at the end. */
    byte peek() {
        skipBlanks();
        return position < data.length ? data[position] : 0;
    }

    /** Skips the rest of the line and returns it. */
    String restOfLine() {
        int from = position;
        while (position < data.length && data[position] != '\n') {
            position++;
        }
        return new String(data, from, position - from, StandardCharsets.UTF_8).strip();
    }

    void expect(char c) throws TraceFormatException {
        if (peek() != c) {
            throw error("expected '" + c + "'" + found());
        }
        position++;
    }

    /** Reads a word or number up to a blank or parenthesis. */
    void atom(String what) throws TraceFormatException {
        skipBlanks();
        start = position;
        while (position < data.length && !delimiter(data[position])) {
            position++;
        }
        end = position;
        if (start == end) {
            throw error("expected " + what + found());
        }
    }

    private static boolean delimiter(byte b) {
        return DELIMITERS[b & 0xff] != 0;
    }

    /** Whether the token read last is this word. */
    boolean is(byte[] word) {
        int length = end - start;
        if (length != word.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (data[start + i] != word[i]) {
                return false;
            }
        }
        return true;
    }

    /** The token read last as text, for errors and rare words. */
    String token() {
        return new String(data, start, end - start, StandardCharsets.UTF_8);
    }

    /** Opens a field {@code (name value)} and reads its value as an atom; a bare value will do. */
    void field(byte[] name) throws TraceFormatException {
        if (peek() == '(') {
            position++;
            atom("a field name");
            if (!is(name)) {
                throw at(start, "expected field " + text(name) + ", found '" + token() + "'");
            }
            atom("a value");
            if (position < data.length && data[position] == ')') {
                position++;
            } else {
                expect(')');
            }
        } else {
            atom("a field");
        }
    }

    /** Steps over {@code (name } if exactly that follows; the usual spelling, so worth a look before anything else. */
    private boolean opened(byte[] name) {
        skipBlanks();
        int at = position;
        int after = at + name.length + 1;
        if (after >= data.length || data[at] != '(' || data[after] != ' ') {
            return false;
        }
        for (int i = 0; i < name.length; i++) {
            if (data[at + 1 + i] != name[i]) {
                return false;
            }
        }
        position = after + 1;
        return true;
    }

    /** Reads {@code (name HEX)}. */
    long hexField(byte[] name) throws TraceFormatException {
        int from = position;
        if (opened(name)) {
            long value = 0;
            int at = position;
            int limit = Math.min(data.length, at + 17);
            while (at < limit && DIGITS[data[at] & 0xff] >= 0) {
                value = value << 4 | DIGITS[data[at++] & 0xff];
            }
            if (closed(at, 16)) {
                return value;
            }
            position = from;
        }
        field(name);
        return hex();
    }

    /** Whether digits from the position end at {@code at} with the field; steps over it if so. */
    private boolean closed(int at, int mostDigits) {
        int digits = at - position;
        if (digits == 0 || digits > mostDigits || at >= data.length || data[at] != ')') {
            return false;
        }
        start = position;
        end = at;
        position = at + 1;
        return true;
    }

    private long hex() throws TraceFormatException {
        int at = start;
        if (end - at > 2 && data[at] == '0' && (data[at + 1] | 0x20) == 'x') {
            at += 2;
        }
        while (at < end - 1 && data[at] == '0') {
            at++;
        }
        if (end - at > 16) {
            throw at(start, "'" + token() + "' does not fit 64 bits");
        }
        long value = 0;
        for (; at < end; at++) {
            int digit = DIGITS[data[at] & 0xff];
            if (digit < 0) {
                throw at(start, "'" + token() + "' is no hexadecimal number");
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /** Reads {@code (name DECIMAL)}. */
    long decimalField(byte[] name) throws TraceFormatException {
        int from = position;
        if (opened(name)) {
            long read = 0;
            int at = position;
            int limit = Math.min(data.length, at + 19);
            while (at < limit && data[at] >= '0' && data[at] <= '9') {
                read = read * 10 + data[at++] - '0';
            }
            if (closed(at, 18)) {
                return read;
            }
            position = from;
        }
        field(name);
        if (end - start > 18) {
            throw at(start, "'" + token() + "' is too large");
        }
        long value = 0;
        for (int at = start; at < end; at++) {
            int digit = data[at] - '0';
            if (digit < 0 || digit > 9) {
                throw at(start, "'" + token() + "' is no decimal number");
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** Reads {@code (src "TEXT")} or a bare quoted text if there is one; the token is then the text. */
    boolean source(byte[] name) throws TraceFormatException {
        byte next = peek();
        if (next == ')') {
            return false;
        }
        boolean named = next == '(';
        if (named) {
            position++;
            atom("field src");
            if (!is(name)) {
                throw at(start, "expected field src or the end of the record, found '" + token() + "'");
            }
        }
        if (peek() != '"') {
            throw error("expected a quoted FILE:LINE" + found());
        }
        int from = ++position;
        while (position < data.length && data[position] != '"' && data[position] != '\n') {
            position++;
        }
        if (position == data.length || data[position] != '"') {
            throw at(from - 1, "the quoted text does not end on its line");
        }
        int to = position++;
        if (named) {
            expect(')');
        }
        start = from;
        end = to;
        return true;
    }

    /** Skips to the next line; false if it goes on with another record or does not end one, as far as its characters tell. */
    boolean skipLine() {
        int at = position;
        while (at < data.length && data[at] != '\n') {
            if (data[at] == 'd' && data[at - 1] == 'i' && data[at - 2] == '(') {
                return false;
            }
            at++;
        }
        position = at;
        return at > 0 && data[at - 1] == ')';
    }

    /** Skips to the end of the record one is in, wherever that is. */
    void skipRecord() {
        int depth = 1;
        boolean quoted = false;
        int at = position;
        while (at < data.length && depth > 0) {
            byte b = data[at++];
            if (b > ')') {
                continue;
            }
            if (b == '"') {
                quoted = !quoted;
            } else if (b == '\n') {
                quoted = false;
            } else if (!quoted) {
                depth += b == '(' ? 1 : b == ')' ? -1 : 0;
            }
        }
        position = at;
    }

    private String found() {
        if (position >= data.length) {
            return ", found the end of the file";
        }
        int to = position + 1;
        while (to < data.length && to < position + 20 && !delimiter(data[to])) {
            to++;
        }
        return ", found '" + new String(data, position, to - position, StandardCharsets.UTF_8) + "'";
    }

    TraceFormatException error(String message) {
        return at(position, message);
    }

    /** An error at the token read last. */
    TraceFormatException tokenError(String message) {
        return at(start, message);
    }

    private TraceFormatException at(int where, String message) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < where && i < data.length; i++) {
            if (data[i] == '\n') {
                line++;
                column = 1;
            } else {
                column++;
            }
        }
        return new TraceFormatException("line %d, column %d".formatted(line, column), line, message);
    }

    private static String text(byte[] word) {
        return new String(word, StandardCharsets.US_ASCII);
    }
}
