package dev.breakmake.cli.terminal;

/** What the launcher found out about standard output; asking the operating system again would cost start-up time. */
public final class Terminal {

    private static final int DEFAULT_WIDTH = 100;
    private static final int MIN_WIDTH = 60;
    private static final int MAX_WIDTH = 200;

    private Terminal() {}

    /** Whether standard output is a terminal, so that colours and live lines make sense. */
    public static boolean interactive() {
        return "1".equals(System.getenv("BREAKMAKE_TERMINAL"));
    }

    /** Columns to fill, between 60 and 200. */
    public static int width() {
        String columns = System.getenv("BREAKMAKE_COLUMNS");
        if (columns == null || !columns.matches("[0-9]{1,4}")) {
            return DEFAULT_WIDTH;
        }
        return Math.clamp(Integer.parseInt(columns), MIN_WIDTH, MAX_WIDTH);
    }
}
