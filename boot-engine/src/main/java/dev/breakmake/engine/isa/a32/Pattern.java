package dev.breakmake.engine.isa.a32;

/**
 * One row of the instruction tables: 32 characters from bit 31 down, {@code 0} and {@code 1} fixed, anything else free; blanks
 * separate. Rows are tried in order, so a special case stands before the general one.
 */
record Pattern(int mask, int value, Operation operation) {

    static Pattern of(final String bits, final Operation operation) {
        int mask = 0;
        int value = 0;
        int count = 0;
        for (int i = 0; i < bits.length(); i++) {
            final char bit = bits.charAt(i);
            if (bit == ' ') {
                continue;
            }
            mask = mask << 1 | (bit == '0' || bit == '1' ? 1 : 0);
            value = value << 1 | (bit == '1' ? 1 : 0);
            count++;
        }
        if (count != 32) {
            throw new IllegalArgumentException("pattern '" + bits + "' has " + count + " bits, not 32");
        }
        return new Pattern(mask, value, operation);
    }

    boolean matches(final int opcode) {
        return (opcode & mask) == value;
    }
}
