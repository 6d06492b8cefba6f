package dev.breakmake.engine.isa.a32;

/** What the translator has to know of an instruction: whether it is translated at all, and whether it may go elsewhere. */
final class Shape {

    private Shape() {}

    /** Whether the instruction may continue anywhere but behind itself. */
    static boolean endsBlock(final Instruction i) {
        return switch (i.operation) {
            case B, BL, BX, BLX -> true;
            case LDM -> (i.opcode & 1 << 15) != 0;
            case LDR -> i.d == 15;
            case AND, EOR, SUB, RSB, ADD, ADC, SBC, RSC, ORR, MOV, BIC, MVN -> i.d == 15;
            default -> false;
        };
    }

    /** Whether the instruction calls: it leaves the address behind it in LR. */
    static boolean calls(final Instruction i) {
        return i.operation == Operation.BL || i.operation == Operation.BLX;
    }

    /** Whether the instruction is part of translated code; the interpreter executes the others. */
    static boolean translates(final Instruction i) {
        if (i.opcode >>> 28 == 15) {
            return switch (i.operation) {
                case PRELOAD, CLREX, DMB, DSB, ISB -> true;
                // Masks only: a change of mode changes the registers.
                case CPS -> !i.bit(17);
                default -> false;
            };
        }
        return switch (i.operation) {
            case AND, EOR, SUB, RSB, ADD, ADC, SBC, RSC, ORR, MOV, BIC, MVN -> dataProcessing(i);
            case TST, TEQ, CMP, CMN -> true;
            case LDR, STR, STRB, STRH -> normalBase(i);
            case LDRB, LDRH, LDRSB, LDRSH -> i.d != 15 && normalBase(i);
            case LDRD, STRD -> i.d < 14 && (i.d & 1) == 0 && (i.n != 15 || i.preIndex && !i.writeback);
            case LDM, STM -> i.n != 15 && (i.opcode & 0xffff) != 0;
            case MOVW, MOVT -> i.d != 15;
            case B, BL, BX, BLX, NOP, PRELOAD -> true;
            default -> isDirect(i) || isOutside(i);
        };
    }

    /** No unprivileged form, and no write-back to the PC. */
    private static boolean normalBase(final Instruction i) {
        return (i.preIndex || !i.writeback) && (i.n != 15 || i.preIndex && !i.writeback);
    }

    private static boolean dataProcessing(final Instruction i) {
        return i.d != 15 || !i.setFlags;
    }

    /** Register to register operations that translated code contains itself. */
    static boolean isDirect(final Instruction i) {
        return switch (i.operation) {
            case UBFX, SBFX, BFI, BFC, CLZ, REV, SXTAB, SXTAH, UXTAB, UXTAH -> i.d != 15;
            case MUL, MLA -> !i.setFlags && i.n != 15;
            case MLS -> i.n != 15;
            default -> false;
        };
    }

    /** Operations that translated code calls the interpreter for. They change no mode and no translation. */
    static boolean isOutside(final Instruction i) {
        return switch (i.operation) {
            case UMULL, UMLAL, SMULL, SMLAL -> !i.setFlags;
            case UDIV, SDIV, UMAAL, REV16, REVSH, RBIT -> true;
            case LDREX, LDREXB, LDREXH, LDREXD, STREX, STREXB, STREXH, STREXD -> i.d < 15 && (i.m < 15 || i.bit(20));
            case MRS -> i.d < 15;
            case SEV -> true;
            case MRC -> i.s == 15 && i.d < 15;
            // Cache and TLB maintenance and thread identification; what may turn translation on or off is the
            // interpreter's.
            case MCR -> i.s == 15 && i.d < 15 && (i.n == 7 || i.n == 8 || i.n == 13);
            default -> false;
        };
    }

    /** Whether translated code sets the condition flags for it; multiplies that set them are left to the interpreter. */
    static boolean setsFlags(final Instruction i) {
        return i.setFlags && i.operation.compareTo(Operation.MVN) <= 0;
    }

    /** Whether an outside operation reads the condition flags: RRX shifts the carry in. */
    static boolean readsFlags(final Instruction i) {
        return i.operation == Operation.MRS
                || i.operation == Operation.CPS
                || i.form == Instruction.Form.SHIFTED && i.shift == Decoder.ROR;
    }

    /** Registers an operation executed outside reads or writes, as a set of bits. */
    static int touched(final Instruction i) {
        return switch (i.operation) {
            case LDR, LDRB, STR, STRB, LDRH, LDRSB, LDRSH, STRH, LDRD, STRD -> Operands.read(i) | Operands.written(i);
            case DMB, DSB, ISB, CPS, SEV, CLREX -> 0;
            case MRC, MCR, MRS -> 1 << i.d;
            default -> {
                final int named = 1 << i.d | 1 << i.n | 1 << i.m | 1 << i.s;
                final boolean pairs = i.operation == Operation.LDREXD || i.operation == Operation.STREXD;
                yield (pairs ? named | 1 << (i.d + 1 & 15) | 1 << (i.m + 1 & 15) : named) & 0x7fff;
            }
        };
    }
}
