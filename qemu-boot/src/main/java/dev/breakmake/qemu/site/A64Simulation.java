package dev.breakmake.qemu.site;

/** The arithmetic and branches of A64 that loops around barriers use. */
final class A64Simulation extends Simulation {

    private static final int ZERO_OR_SP = 31;

    A64Simulation(long[] registers, long programStatus) {
        super(registers, programStatus);
    }

    @Override
    long step(int word, long address) {
        if ((word & 0xfc000000) == 0x14000000
                || (word & 0xff000010) == 0x54000000
                || (word & 0x7c000000) == 0x34000000) {
            return branch(word, address);
        }
        if ((word & 0x1f000000) == 0x11000000) {
            long immediate = (long) (word >>> 10 & 0xfff) << ((word & 1 << 22) != 0 ? 12 : 0);
            arithmetic(word, immediate, true, true);
        } else if ((word & 0x1f200000) == 0x0b000000 && (word >>> 22 & 3) != 3) {
            int rm = word >>> 16 & 31;
            boolean has = rm == ZERO_OR_SP || known(rm);
            arithmetic(word, shifted(rm == ZERO_OR_SP ? 0 : value(rm), word), has, false);
        } else if ((word & 0x7f800000) == 0x53000000) {
            bitfield(word);
        } else if ((word & 0x1f800000) == 0x12800000) {
            moveWide(word);
        } else if ((word & 0x0a000000) == 0x08000000) {
            load(word);
        } else if ((word & 0xfffff01f) != 0xd503201f) {
            if ((word & 0x7fe0ffe0) == 0x2a0003e0) {
                move(word);
            } else {
                // Whatever it computes ends in Rd and perhaps in the flags.
                forget(word & 31);
                forgetFlags();
            }
        }
        return address + 4;
    }

    private long branch(int word, long address) {
        Decoder.Flow flow = new A64Decoder().flow(word, address);
        if (!flow.fallsThrough()) {
            return flow.target();
        }
        boolean taken;
        if ((word & 0xff000000) == 0x54000000) {
            if (!flagsKnown()) {
                return UNCERTAIN;
            }
            taken = condition(word & 15);
        } else {
            int rt = word & 31;
            if (rt != ZERO_OR_SP && !known(rt)) {
                return UNCERTAIN;
            }
            long value = rt == ZERO_OR_SP ? 0 : value(rt);
            boolean test = (word & 0x02000000) != 0;
            int bit = word >>> 31 << 5 | word >>> 19 & 31;
            boolean zero = test ? (value >>> bit & 1) == 0 : (word < 0 ? value : value & 0xffff_ffffL) == 0;
            taken = zero != ((word & 0x01000000) != 0);
        }
        return taken ? flow.target() : address + 4;
    }

    private static long shifted(long value, int word) {
        int amount = word >>> 10 & 63;
        boolean wide = word < 0;
        long operand = wide ? value : value & 0xffff_ffffL;
        return switch (word >>> 22 & 3) {
            case 0 -> operand << amount;
            case 1 -> operand >>> amount;
            default -> wide ? operand >> amount : (int) operand >> amount;
        };
    }

    /** ADD and SUB; register 31 is SP in the immediate form without flags and as its source, else the zero register. */
    private void arithmetic(int word, long operand, boolean operandKnown, boolean immediate) {
        int rd = word & 31;
        int rn = word >>> 5 & 31;
        boolean setFlags = (word & 1 << 29) != 0;
        boolean zeroSource = rn == ZERO_OR_SP && !immediate;
        boolean zeroTarget = rd == ZERO_OR_SP && (setFlags || !immediate);
        if (!operandKnown || !(zeroSource || known(rn))) {
            if (!zeroTarget) {
                forget(rd);
            }
            if (setFlags) {
                forgetFlags();
            }
            return;
        }
        int bits = word < 0 ? 64 : 32;
        boolean subtract = (word & 1 << 30) != 0;
        long a = zeroSource ? 0 : value(rn);
        long b = subtract ? ~operand : operand;
        if (setFlags) {
            setFlagsOfSum(a, b, subtract ? 1 : 0, bits);
        }
        if (!zeroTarget) {
            long sum = a + b + (subtract ? 1 : 0);
            set(rd, bits == 64 ? sum : sum & 0xffff_ffffL);
        }
    }

    /** UBFM: LSR, LSL and bit field extracts. */
    private void bitfield(int word) {
        int rn = word >>> 5 & 31;
        int rd = word & 31;
        if (rn == ZERO_OR_SP || !known(rn) || rd == ZERO_OR_SP) {
            if (rd != ZERO_OR_SP) {
                forget(rd);
            }
            return;
        }
        int size = word < 0 ? 64 : 32;
        int rotate = word >>> 16 & 63;
        int last = word >>> 10 & 63;
        long value = word < 0 ? value(rn) : value(rn) & 0xffff_ffffL;
        long field = last == 63 ? value : value & (1L << last + 1) - 1;
        set(rd, last >= rotate ? field >>> rotate : field << size - rotate & (size == 64 ? -1 : 0xffff_ffffL));
    }

    private void moveWide(int word) {
        int rd = word & 31;
        int shift = (word >>> 21 & 3) * 16;
        long immediate = (word >>> 5 & 0xffffL) << shift;
        long mask = word < 0 ? -1 : 0xffff_ffffL;
        if (rd == ZERO_OR_SP) {
            return;
        }
        switch (word >>> 29 & 3) {
            case 0 -> set(rd, ~immediate & mask);
            case 2 -> set(rd, immediate);
            case 3 -> {
                if (known(rd)) {
                    set(rd, value(rd) & ~(0xffffL << shift) | immediate);
                }
            }
            default -> forget(rd);
        }
    }

    private void move(int word) {
        int rm = word >>> 16 & 31;
        int rd = word & 31;
        if (rd == ZERO_OR_SP) {
            return;
        }
        if (rm != ZERO_OR_SP && !known(rm)) {
            forget(rd);
        } else {
            long value = rm == ZERO_OR_SP ? 0 : value(rm);
            set(rd, word < 0 ? value : value & 0xffff_ffffL);
        }
    }

    /** A load: what it loads is not known, nor is a base register it may write back. */
    private void load(int word) {
        forget(word & 31);
        if ((word & 0x3a000000) == 0x28000000) {
            forget(word >>> 10 & 31);
            forget(word >>> 5 & 31);
        }
    }
}
