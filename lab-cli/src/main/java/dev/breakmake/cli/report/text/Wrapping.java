package dev.breakmake.cli.report.text;

import java.util.List;

/** Breaks text between words, so that no line is wider than the terminal where words allow it. */
final class Wrapping {

    private final int width;
    private final List<String> lines;

    /** Adds to a list of lines. */
    Wrapping(int width, List<String> lines) {
        this.width = width;
        this.lines = lines;
    }

    /** The lines so far. */
    List<String> lines() {
        return lines;
    }

    /** Adds text, each of its lines indented. */
    void add(String indent, String text) {
        add(indent, indent, text);
    }

    /** Adds text with another indent, or a name, in front of its first line. */
    void add(String first, String rest, String text) {
        StringBuilder line = new StringBuilder(first);
        boolean empty = true;
        for (int at = 0; at < text.length(); ) {
            int end = at;
            while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
                end++;
            }
            if (end > at) {
                if (!empty && line.length() + 1 + end - at > width) {
                    lines.add(line.toString());
                    line = new StringBuilder(rest);
                    empty = true;
                }
                line.append(empty ? "" : " ").append(text, at, end);
                empty = false;
            }
            at = end + 1;
        }
        lines.add(line.toString());
    }
}
