package dev.breakmake.cli.picture;

import java.util.Locale;

/** Writes the few SVG elements that pictures of boots and address spaces need. */
public final class Svg {

    private final StringBuilder text = new StringBuilder();

    /** A box; {@code style} names a class of the style sheet, {@code hint} is shown when the pointer rests on it. */
    public void box(String style, int x, int y, int width, int height, String hint) {
        text.append(String.format(
                Locale.ROOT,
                "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>%s</title></rect>%n",
                style,
                x,
                y,
                width,
                height,
                escape(hint)));
    }

    /** A line of text; its base line is at {@code y}. */
    public void text(String style, int x, int y, String content) {
        text.append(String.format(
                Locale.ROOT, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>%n", style, x, y, escape(content)));
    }

    /** A horizontal line. */
    public void rule(String style, int x1, int x2, int y) {
        text.append(String.format(
                Locale.ROOT, "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>%n", style, x1, x2, y, y));
    }

    /** The whole document. */
    public String document(int width, int height, String title, String definitions) {
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">%n"
                        + "<title>%s</title>%n%s%s</svg>%n",
                width,
                height,
                width,
                height,
                escape(title),
                definitions,
                text);
    }

    private static String escape(String content) {
        return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
