package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.isa.a32.Instruction.Form;
import java.util.List;

/** Decodes A32 instructions (DDI 0406C A5.1). What no row of the tables covers is {@link Operation#UDF}. */
final class Decoder {

    /** Shift types in encoding order; RRX is ROR with a distance of 0. */
    static final int LSL = 0;

    static final int LSR = 1;
    static final int ASR = 2;
    static final int ROR = 3;

    private Decoder() {}

    static Instruction decode(final int opcode) {
        if (opcode >>> 28 == 15) {
            return plain(opcode, find(Patterns.UNCONDITIONAL, opcode));
        }
        if (isDataProcessing(opcode)) {
            return dataProcessing(opcode);
        }
        final Operation operation = find(Patterns.CONDITIONAL, opcode);
        return switch (operation) {
            case LDR, LDRB, STR, STRB -> wordOrByte(opcode, operation);
            case LDRH, LDRSB, LDRSH, STRH, LDRD, STRD -> extra(opcode, operation);
            case B, BL -> immediate(opcode, operation, opcode << 8 >> 6);
            case MOVW, MOVT -> immediate(opcode, operation, opcode >>> 4 & 0xf000 | opcode & 0xfff);
            case MSR_IMMEDIATE -> immediate(opcode, operation, Integer.rotateRight(opcode & 0xff, opcode >>> 7 & 30));
            case PKH, SSAT, USAT -> shifted(opcode, operation, (opcode >>> 6 & 1) == 0 ? LSL : ASR, false);
            default -> plain(opcode, operation);
        };
    }

    private static Operation find(final List<Pattern> patterns, final int opcode) {
        for (final Pattern pattern : patterns) {
            if (pattern.matches(opcode)) {
                return pattern.operation();
            }
        }
        return Operation.UDF;
    }

    /** Bits 27:26 are 00, and the encoding is neither a multiply, an extra load/store nor a miscellaneous instruction. */
    private static boolean isDataProcessing(final int opcode) {
        if ((opcode >>> 26 & 3) != 0) {
            return false;
        }
        final boolean immediate = (opcode & 1 << 25) != 0;
        if (!immediate && (opcode & 0x90) == 0x90) {
            return false;
        }
        final boolean comparesWithoutFlags = (opcode & 0x0190_0000) == 0x0100_0000;
        return !comparesWithoutFlags;
    }

    private static Instruction dataProcessing(final int opcode) {
        final Operation operation = Operation.dataProcessing(opcode >>> 21 & 15);
        final boolean setFlags = (opcode & 1 << 20) != 0;
        if ((opcode & 1 << 25) != 0) {
            final int rotation = opcode >>> 7 & 30;
            final int value = Integer.rotateRight(opcode & 0xff, rotation);
            final int carry = rotation == 0 ? Instruction.CARRY_UNCHANGED : value >>> 31;
            return new Instruction(opcode, operation, Form.IMMEDIATE, value, carry, LSL, setFlags);
        }
        if ((opcode & 1 << 4) != 0) {
            return new Instruction(
                    opcode,
                    operation,
                    Form.SHIFTED_BY_REGISTER,
                    0,
                    Instruction.CARRY_UNCHANGED,
                    opcode >>> 5 & 3,
                    setFlags);
        }
        return shifted(opcode, operation, opcode >>> 5 & 3, setFlags);
    }

    /** A register shifted by the immediate in bits 11:7; a distance of 0 means 32 for LSR and ASR and RRX for ROR. */
    private static Instruction shifted(
            final int opcode, final Operation operation, final int type, final boolean setFlags) {
        final int encoded = opcode >>> 7 & 31;
        if (encoded == 0 && type == LSL) {
            return new Instruction(opcode, operation, Form.REGISTER, 0, Instruction.CARRY_UNCHANGED, LSL, setFlags);
        }
        final int distance = encoded == 0 && type != ROR ? 32 : encoded;
        return new Instruction(opcode, operation, Form.SHIFTED, distance, Instruction.CARRY_UNCHANGED, type, setFlags);
    }

    private static Instruction wordOrByte(final int opcode, final Operation operation) {
        return (opcode & 1 << 25) == 0
                ? immediate(opcode, operation, opcode & 0xfff)
                : shifted(opcode, operation, opcode >>> 5 & 3, false);
    }

    private static Instruction extra(final int opcode, final Operation operation) {
        return (opcode & 1 << 22) != 0
                ? immediate(opcode, operation, opcode >>> 4 & 0xf0 | opcode & 15)
                : new Instruction(opcode, operation, Form.REGISTER, 0, Instruction.CARRY_UNCHANGED, LSL, false);
    }

    private static Instruction immediate(final int opcode, final Operation operation, final int value) {
        return new Instruction(opcode, operation, Form.IMMEDIATE, value, Instruction.CARRY_UNCHANGED, LSL, false);
    }

    private static Instruction plain(final int opcode, final Operation operation) {
        final boolean setFlags = (opcode & 1 << 20) != 0;
        return new Instruction(opcode, operation, Form.REGISTER, 0, Instruction.CARRY_UNCHANGED, LSL, setFlags);
    }
}
