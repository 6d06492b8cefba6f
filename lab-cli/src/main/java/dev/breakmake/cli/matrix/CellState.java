package dev.breakmake.cli.matrix;

/** Where a cell is, as a grid shows it. */
public enum CellState {
    QUEUED('.'),
    RUNNING('>'),
    PASSED('P'),
    FAILED('F'),
    ERRORED('E'),
    MISSED('M'),
    SKIPPED('S');

    private final char letter;

    CellState(char letter) {
        this.letter = letter;
    }

    /** The letter of the grid. */
    public char letter() {
        return letter;
    }
}
