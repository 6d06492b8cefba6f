package dev.breakmake.engine.device;

/** Which group priorities are active at a CPU interface: the stack that preemption is judged by, kept as GICC_APRn keeps it. */
final class ActivePriorities {

    /** Running priority when nothing is active. */
    static final int IDLE = 0xff;

    /** One bit per preemption level; bit n stands for group priority 2n. */
    private final int[] levels = new int[4];

    /** Priority of what runs now, {@link #IDLE} if nothing. */
    int running() {
        for (int word = 0; word < levels.length; word++) {
            if (levels[word] != 0) {
                return (32 * word + Integer.numberOfTrailingZeros(levels[word])) * 2;
            }
        }
        return IDLE;
    }

    /** An interrupt with that group priority became active. */
    void push(int groupPriority) {
        levels[groupPriority >> 6] |= 1 << (groupPriority >> 1 & 31);
    }

    /** The highest active priority ends (priority drop). */
    void pop() {
        for (int word = 0; word < levels.length; word++) {
            if (levels[word] != 0) {
                levels[word] &= levels[word] - 1;
                return;
            }
        }
    }

    int word(int index) {
        return levels[index];
    }

    void setWord(int index, int value) {
        levels[index] = value;
    }

    /**
     * The part of a priority that decides preemption.
     *
     * @param binaryPoint GICC_BPR: 0 leaves bits 7:1, 7 leaves none
     */
    static int groupPriority(int priority, int binaryPoint) {
        return priority & (0xff << (Math.min(binaryPoint, 7) + 1)) & 0xff;
    }

    int[] save() {
        return levels.clone();
    }

    void restore(int[] saved) {
        System.arraycopy(saved, 0, levels, 0, levels.length);
    }
}
