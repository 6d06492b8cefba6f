package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.isa.a32.Instruction.Form;

/** Registers that a translated instruction reads and writes, as sets of bits; the PC is left out. */
final class Operands {

    private static final int NO_PC = 0x7fff;
    private static final int LINK = 1 << 14;

    private Operands() {}

    static int read(final Instruction i) {
        return all(i) & NO_PC;
    }

    static int written(final Instruction i) {
        // A conditional instruction may leave its destination: it counts as written all the same.
        final int set = switch (i.operation) {
            case TST, TEQ, CMP, CMN, B, BX, NOP, PRELOAD, DMB, DSB, ISB, CPS, CLREX -> 0;
            case BL, BLX -> LINK;
            case LDR, LDRB, LDRH, LDRSB, LDRSH -> 1 << i.d | based(i);
            case LDRD -> 1 << i.d | 2 << i.d | based(i);
            case STR, STRB, STRH, STRD -> based(i);
            case LDM -> i.opcode & 0xffff | (i.writeback ? 1 << i.n : 0);
            case STM -> i.writeback ? 1 << i.n : 0;
            case MUL, MLA, MLS -> 1 << i.n;
            default -> Shape.isOutside(i) ? Shape.touched(i) : 1 << i.d;
        };
        return set & NO_PC;
    }

    private static int based(final Instruction i) {
        return !i.preIndex || i.writeback ? 1 << i.n : 0;
    }

    private static int all(final Instruction i) {
        return switch (i.operation) {
            case MOVW, MOVT -> 1 << i.d;
            case B, NOP, PRELOAD, DMB, DSB, ISB, CPS, CLREX -> 0;
            case BL -> LINK;
            case BX -> 1 << i.m;
            case BLX -> 1 << i.m | LINK;
            case LDR, LDRB, STR, STRB, LDRH, LDRSB, LDRSH, STRH, LDRD, STRD -> {
                final boolean pair = i.operation == Operation.LDRD || i.operation == Operation.STRD;
                yield 1 << i.d | (pair ? 2 << i.d : 0) | 1 << i.n | (i.form == Form.IMMEDIATE ? 0 : 1 << i.m);
            }
            case LDM, STM -> i.opcode & 0xffff | 1 << i.n;
            case MUL, MLA, MLS -> 1 << i.n | 1 << i.d | 1 << i.m | 1 << i.s;
            case UBFX, SBFX, CLZ, REV -> 1 << i.d | 1 << i.m;
            case BFI, BFC, SXTAB, SXTAH, UXTAB, UXTAH -> 1 << i.d | 1 << i.n | 1 << i.m;
            default -> {
                if (Shape.isOutside(i)) {
                    yield Shape.touched(i);
                }
                final int operand2 = switch (i.form) {
                    case IMMEDIATE -> 0;
                    case REGISTER, SHIFTED -> 1 << i.m;
                    case SHIFTED_BY_REGISTER -> 1 << i.m | 1 << i.s;
                };
                yield 1 << i.d | 1 << i.n | operand2;
            }
        };
    }
}
