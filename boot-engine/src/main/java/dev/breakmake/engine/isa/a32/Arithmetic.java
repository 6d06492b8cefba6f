package dev.breakmake.engine.isa.a32;

/** Multiplies, divides, media and saturating instructions: registers in, registers out (DDI 0406C A4.4, A5.2.5, A5.4). */
final class Arithmetic {

    private Arithmetic() {}

    /** Executes one of them; false if the operation is none. */
    static boolean execute(final Registers regs, final Instruction i) {
        return multiply(regs, i) || media(regs, i) || saturate(regs, i);
    }

    private static boolean multiply(final Registers regs, final Instruction i) {
        final int[] r = regs.r;
        // In the multiply encodings Rd is bits 19:16 and the accumulator bits 15:12.
        final int rm = r[i.m];
        final int rs = r[i.s];
        switch (i.operation) {
            case MUL -> r[i.n] = flags(regs, i, rm * rs);
            case MLA -> r[i.n] = flags(regs, i, rm * rs + r[i.d]);
            case MLS -> r[i.n] = r[i.d] - rm * rs;
            case UMULL -> wide(regs, i, (rm & 0xffff_ffffL) * (rs & 0xffff_ffffL));
            case UMLAL -> wide(regs, i, (rm & 0xffff_ffffL) * (rs & 0xffff_ffffL) + accumulator(regs, i));
            case UMAAL -> {
                final long product = (rm & 0xffff_ffffL) * (rs & 0xffff_ffffL);
                final long sum = product + (r[i.n] & 0xffff_ffffL) + (r[i.d] & 0xffff_ffffL);
                r[i.d] = (int) sum;
                r[i.n] = (int) (sum >>> 32);
            }
            case SMULL -> wide(regs, i, (long) rm * rs);
            case SMLAL -> wide(regs, i, (long) rm * rs + accumulator(regs, i));
            case SMLA_XY -> r[i.n] = accumulate(regs, half(rm, i.bit(5)) * half(rs, i.bit(6)), r[i.d]);
            case SMLAW_Y -> r[i.n] = accumulate(regs, (int) ((long) rm * half(rs, i.bit(6)) >> 16), r[i.d]);
            case SMULW_Y -> r[i.n] = (int) ((long) rm * half(rs, i.bit(6)) >> 16);
            case SMLAL_XY -> {
                final long sum = accumulator(regs, i) + (long) half(rm, i.bit(5)) * half(rs, i.bit(6));
                r[i.d] = (int) sum;
                r[i.n] = (int) (sum >>> 32);
            }
            case SMUL_XY -> r[i.n] = half(rm, i.bit(5)) * half(rs, i.bit(6));
            case SMLAD, SMLSD -> {
                final int other = i.bit(5) ? Integer.rotateRight(rs, 16) : rs;
                final long low = (long) half(rm, false) * half(other, false);
                final long high = (long) half(rm, true) * half(other, true);
                final long product = i.operation == Operation.SMLAD ? low + high : low - high;
                final long sum = product + (i.d == 15 ? 0 : r[i.d]);
                if (sum != (int) sum) {
                    regs.saturated = 1;
                }
                r[i.n] = (int) sum;
            }
            case SMLALD, SMLSLD -> {
                final int other = i.bit(5) ? Integer.rotateRight(rs, 16) : rs;
                final long low = (long) half(rm, false) * half(other, false);
                final long high = (long) half(rm, true) * half(other, true);
                final long sum = accumulator(regs, i) + (i.operation == Operation.SMLALD ? low + high : low - high);
                r[i.d] = (int) sum;
                r[i.n] = (int) (sum >>> 32);
            }
            case SMMLA, SMMLS -> {
                final long product = (long) rm * rs;
                final long accumulator = i.d == 15 ? 0 : (long) r[i.d] << 32;
                final long sum = i.operation == Operation.SMMLA ? accumulator + product : accumulator - product;
                r[i.n] = (int) (sum + (i.bit(5) ? 0x8000_0000L : 0) >> 32);
            }
            case SDIV -> r[i.n] = rs == 0 ? 0 : rm == Integer.MIN_VALUE && rs == -1 ? rm : rm / rs;
            case UDIV -> r[i.n] = rs == 0 ? 0 : Integer.divideUnsigned(rm, rs);
            case USADA8 -> {
                int sum = i.d == 15 ? 0 : r[i.d];
                for (int shift = 0; shift < 32; shift += 8) {
                    sum += Math.abs((rm >>> shift & 0xff) - (rs >>> shift & 0xff));
                }
                r[i.n] = sum;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int flags(final Registers regs, final Instruction i, final int result) {
        return i.setFlags ? Alu.logicFlags(regs, result) : result;
    }

    private static long accumulator(final Registers regs, final Instruction i) {
        return (long) regs.r[i.n] << 32 | regs.r[i.d] & 0xffff_ffffL;
    }

    private static void wide(final Registers regs, final Instruction i, final long result) {
        regs.r[i.d] = (int) result;
        regs.r[i.n] = (int) (result >>> 32);
        if (i.setFlags) {
            regs.negative = (int) (result >>> 32);
            regs.zero = result == 0 ? 0 : 1;
        }
    }

    private static int half(final int value, final boolean top) {
        return top ? value >> 16 : (short) value;
    }

    private static int accumulate(final Registers regs, final int product, final int accumulator) {
        final int sum = product + accumulator;
        if (((product ^ sum) & (accumulator ^ sum)) < 0) {
            regs.saturated = 1;
        }
        return sum;
    }

    private static boolean media(final Registers regs, final Instruction i) {
        final int[] r = regs.r;
        final int rm = r[i.m];
        final int rotated = Integer.rotateRight(rm, i.bits(11, 10) << 3);
        final int base = i.n == 15 ? 0 : r[i.n];
        switch (i.operation) {
            case REV -> r[i.d] = Integer.reverseBytes(rm);
            case REV16 -> r[i.d] = (rm & 0x00ff_00ff) << 8 | rm >>> 8 & 0x00ff_00ff;
            case REVSH -> r[i.d] = (short) ((rm & 0xff) << 8 | rm >>> 8 & 0xff);
            case RBIT -> r[i.d] = Integer.reverse(rm);
            case SXTAB -> r[i.d] = base + (byte) rotated;
            case SXTAH -> r[i.d] = base + (short) rotated;
            case UXTAB -> r[i.d] = base + (rotated & 0xff);
            case UXTAH -> r[i.d] = base + (rotated & 0xffff);
            case SXTAB16 -> r[i.d] = pack(base + (byte) rotated, (base >>> 16) + (byte) (rotated >> 16));
            case UXTAB16 -> r[i.d] = pack(base + (rotated & 0xff), (base >>> 16) + (rotated >>> 16 & 0xff));
            case PKH -> {
                final int second =
                        i.form == Instruction.Form.REGISTER ? rm : Alu.shift(regs, rm, i.shift, i.immediate, false);
                r[i.d] = i.bit(6) ? r[i.n] & 0xffff_0000 | second & 0xffff : second & 0xffff_0000 | r[i.n] & 0xffff;
            }
            case SEL -> {
                int mask = 0;
                for (int lane = 0; lane < 4; lane++) {
                    mask |= (regs.greaterEqual >>> lane & 1) != 0 ? 0xff << (lane << 3) : 0;
                }
                r[i.d] = r[i.n] & mask | rm & ~mask;
            }
            case CLZ -> r[i.d] = Integer.numberOfLeadingZeros(rm);
            case UBFX -> r[i.d] = rm >>> i.bits(11, 7) & fieldMask(i.bits(20, 16) + 1);
            case SBFX -> {
                final int width = i.bits(20, 16) + 1;
                r[i.d] = rm << 32 - Math.min(32, i.bits(11, 7) + width) >> 32 - width;
            }
            case BFI, BFC -> {
                final int low = i.bits(11, 7);
                final int mask = fieldMask(Math.max(1, i.bits(20, 16) - low + 1)) << low;
                final int inserted = i.operation == Operation.BFC ? 0 : rm << low & mask;
                r[i.d] = r[i.d] & ~mask | inserted;
            }
            case PARALLEL -> {
                return Parallel.execute(regs, i);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int fieldMask(final int width) {
        return width >= 32 ? -1 : (1 << width) - 1;
    }

    private static int pack(final int low, final int high) {
        return high << 16 | low & 0xffff;
    }

    private static boolean saturate(final Registers regs, final Instruction i) {
        final int[] r = regs.r;
        switch (i.operation) {
            case QADD -> r[i.d] = Alu.saturateSigned(regs, (long) r[i.m] + r[i.n], 32);
            case QSUB -> r[i.d] = Alu.saturateSigned(regs, (long) r[i.m] - r[i.n], 32);
            case QDADD ->
                r[i.d] = Alu.saturateSigned(regs, r[i.m] + (long) Alu.saturateSigned(regs, 2L * r[i.n], 32), 32);
            case QDSUB ->
                r[i.d] = Alu.saturateSigned(regs, r[i.m] - (long) Alu.saturateSigned(regs, 2L * r[i.n], 32), 32);
            case SSAT -> r[i.d] = Alu.saturateSigned(regs, shifted(regs, i), i.bits(20, 16) + 1);
            case USAT -> r[i.d] = Alu.saturateUnsigned(regs, shifted(regs, i), i.bits(20, 16));
            case SSAT16 -> {
                final int bits = i.bits(19, 16) + 1;
                r[i.d] = pack(
                        Alu.saturateSigned(regs, (short) r[i.m], bits), Alu.saturateSigned(regs, r[i.m] >> 16, bits));
            }
            case USAT16 -> {
                final int bits = i.bits(19, 16);
                r[i.d] = pack(
                        Alu.saturateUnsigned(regs, (short) r[i.m], bits),
                        Alu.saturateUnsigned(regs, r[i.m] >> 16, bits));
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int shifted(final Registers regs, final Instruction i) {
        return i.form == Instruction.Form.REGISTER
                ? regs.r[i.m]
                : Alu.shift(regs, regs.r[i.m], i.shift, i.immediate, false);
    }
}
