package dev.breakmake.cli.terminal;

/** Words that stand out: by colour on a terminal, unchanged elsewhere. */
public final class Style {

    /** No colours: files, pipes, {@code NO_COLOR}. */
    public static final Style PLAIN = new Style(false);

    private final boolean colours;

    private Style(boolean colours) {
        this.colours = colours;
    }

    /** What suits standard output. */
    public static Style ofOutput() {
        String refused = System.getenv("NO_COLOR");
        return Terminal.interactive() && (refused == null || refused.isEmpty()) ? new Style(true) : PLAIN;
    }

    /** Something wrong. */
    public String bad(String text) {
        return wrap("1;31", text);
    }

    /** Something to look at. */
    public String caution(String text) {
        return wrap("33", text);
    }

    /** Something right. */
    public String good(String text) {
        return wrap("1;32", text);
    }

    /** A heading or a name. */
    public String strong(String text) {
        return wrap("1", text);
    }

    /** A detail. */
    public String dim(String text) {
        return wrap("2", text);
    }

    private String wrap(String code, String text) {
        return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
    }
}
