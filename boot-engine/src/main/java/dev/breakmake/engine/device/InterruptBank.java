package dev.breakmake.engine.device;

/**
 * The distributor's state for a run of interrupts (32 private ones of a PE, or all shared ones), one bit or byte per interrupt.
 *
 * <p>Indices count from the bank's first INTID. An interrupt is pending when software or an edge latched it, or while its line is
 * asserted and it is level-sensitive (GICv2 4.1, GICv3 4.1).
 */
final class InterruptBank {

    /** A copy of all bits and priorities; never changed. */
    record State(int[] bits, byte[] priorities) {}

    final int[] enabled;
    final int[] latched;
    final int[] line;
    final int[] active;
    final int[] edge;
    final int[] group;
    final byte[] priority;

    /** Interrupts of word 0 that registers can neither disable nor make pending: the SGIs of a GICv2. */
    private final int fixed;

    /** A bank after reset: all disabled, level-sensitive, priority 0. */
    InterruptBank(int interrupts) {
        this(interrupts, 0);
    }

    /** The private bank of a GICv2: SGIs are edge-triggered and always enabled. */
    static InterruptBank withFixedSgis() {
        InterruptBank bank = new InterruptBank(32, 0xffff);
        bank.enabled[0] = 0xffff;
        bank.edge[0] = 0xffff;
        return bank;
    }

    private InterruptBank(int interrupts, int fixed) {
        this.fixed = fixed;
        int words = interrupts / 32;
        enabled = new int[words];
        latched = new int[words];
        line = new int[words];
        active = new int[words];
        edge = new int[words];
        group = new int[words];
        priority = new byte[interrupts];
    }

    int words() {
        return enabled.length;
    }

    int pending(int word) {
        return latched[word] | line[word] & ~edge[word];
    }

    boolean isPending(int index) {
        return (pending(index >> 5) & bit(index)) != 0;
    }

    boolean isActive(int index) {
        return (active[index >> 5] & bit(index)) != 0;
    }

    int group(int index) {
        return group[index >> 5] >>> (index & 31) & 1;
    }

    /** Priority, 0 (highest) to 255. */
    int priority(int index) {
        return priority[index] & 0xff;
    }

    /** The line changed level: an edge-triggered interrupt latches the rising edge. */
    void setLine(int index, boolean asserted) {
        int word = index >> 5;
        int bit = bit(index);
        if (asserted) {
            if ((line[word] & bit) == 0 && (edge[word] & bit) != 0) {
                latched[word] |= bit;
            }
            line[word] |= bit;
        } else {
            line[word] &= ~bit;
        }
    }

    /** The PE acknowledged it: pending becomes active; a level-sensitive one stays pending as long as its line is up. */
    void activate(int index) {
        latched[index >> 5] &= ~bit(index);
        active[index >> 5] |= bit(index);
    }

    void deactivate(int index) {
        active[index >> 5] &= ~bit(index);
    }

    /** Four priority bytes from {@code index} on, lowest first. */
    int priorities(int index) {
        return priority(index) | priority(index + 1) << 8 | priority(index + 2) << 16 | priority(index + 3) << 24;
    }

    void setPriorities(int index, int value, int mask) {
        for (int i = 0; i < 4; i++) {
            if ((mask >>> (8 * i) & 0xff) != 0) {
                priority[index + i] = (byte) (value >>> (8 * i));
            }
        }
    }

    /** GICD_ICFGR view: two bits per interrupt for the 16 from {@code index} on; only the upper one means something. */
    int configuration(int index) {
        int bits = edge[index >> 5] >>> (index & 16);
        int value = 0;
        for (int i = 0; i < 16; i++) {
            value |= (bits >>> i & 1) << (2 * i + 1);
        }
        return value;
    }

    void setConfiguration(int index, int value, int mask) {
        for (int i = 0; i < 16; i++) {
            int field = 2 << (2 * i);
            if ((mask & field) != 0) {
                int bit = bit(index + i);
                edge[index >> 5] = (value & field) != 0 ? edge[index >> 5] | bit : edge[index >> 5] & ~bit;
            }
        }
    }

    /**
     * Reads a register with one bit per interrupt.
     *
     * @param block distributor offset of the register array, 0x080 (IGROUPR) to 0x380 (ICACTIVER)
     */
    int readBits(int block, int word) {
        return switch (block) {
            case 0x080 -> group[word];
            case 0x100, 0x180 -> enabled[word];
            case 0x200, 0x280 -> pending(word);
            case 0x300, 0x380 -> active[word];
            default -> 0;
        };
    }

    /** Writes such a register; {@code mask} is what the access covers. */
    void writeBits(int block, int word, int value, int mask) {
        int free = word == 0 ? value & ~fixed : value;
        switch (block) {
            case 0x080 -> group[word] = group[word] & ~mask | value & mask;
            case 0x100 -> enabled[word] |= free;
            case 0x180 -> enabled[word] &= ~free;
            case 0x200 -> latched[word] |= free;
            case 0x280 -> latched[word] &= ~free;
            case 0x300 -> active[word] |= value;
            case 0x380 -> active[word] &= ~value;
            default -> {
                // No register array there: ignored.
            }
        }
    }

    private static int bit(int index) {
        return 1 << (index & 31);
    }

    State save() {
        int[][] fields = {enabled, latched, line, active, edge, group};
        int[] bits = new int[fields.length * words()];
        for (int i = 0; i < fields.length; i++) {
            System.arraycopy(fields[i], 0, bits, i * words(), words());
        }
        return new State(bits, priority.clone());
    }

    void restore(State state) {
        int[][] fields = {enabled, latched, line, active, edge, group};
        for (int i = 0; i < fields.length; i++) {
            System.arraycopy(state.bits, i * words(), fields[i], 0, words());
        }
        System.arraycopy(state.priorities, 0, priority, 0, priority.length);
    }
}
