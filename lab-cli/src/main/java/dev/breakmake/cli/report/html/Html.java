package dev.breakmake.cli.report.html;

/** Builds a page; everything that comes from an image goes through {@link #text}, which leaves no markup alive. */
final class Html {

    private final StringBuilder out = new StringBuilder(1 << 16);

    /** Markup of our own. */
    Html raw(String markup) {
        out.append(markup);
        return this;
    }

    /** Text of any origin. */
    Html text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\n', '\t' -> out.append(c);
                default -> out.append(c < 0x20 || c == 0x7f ? '\ufffd' : c);
            }
        }
        return this;
    }

    /** An element with text. */
    Html element(String name, String text) {
        return raw("<" + name + ">").text(text).raw("</" + name + ">");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
