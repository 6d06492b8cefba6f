package dev.breakmake.engine.isa.a32;

import static java.lang.constant.ConstantDescs.CD_int;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Bytecode of data processing, and of the conditions that its flags decide. Flags are kept as {@link Registers} keeps them. */
final class DataAssembler {

    private static final ClassDesc INTEGER = ClassDesc.of("java.lang.Integer");
    private static final MethodTypeDesc TWO = Frame.ints(2);
    private static final MethodTypeDesc THREE = Frame.ints(3);

    private final Frame f;
    private final CodeBuilder c;

    /** Whether the flags are those of {@code first - second}, locals that still hold the operands. */
    private boolean compared;

    DataAssembler(final Frame frame) {
        this.f = frame;
        this.c = frame.c;
    }

    /** Nothing is known of the flags here: several ways lead to this place. */
    void forgetFlags() {
        compared = false;
    }

    /** Jumps to a label when the condition does not hold. */
    void unless(final int condition, final Label target) {
        ifHolds(condition ^ 1, target);
    }

    /** Jumps to a label when a condition other than "always" holds. */
    private void ifHolds(final int condition, final Label target) {
        if (compared && condition >= 2 && (condition <= 3 || condition >= 8)) {
            c.iload(f.first).iload(f.second);
            switch (condition) {
                case 2, 3, 8, 9 -> {
                    c.invokestatic(INTEGER, "compareUnsigned", TWO);
                    switch (condition) {
                        case 2 -> c.ifge(target);
                        case 3 -> c.iflt(target);
                        case 8 -> c.ifgt(target);
                        default -> c.ifle(target);
                    }
                }
                case 10 -> c.if_icmpge(target);
                case 11 -> c.if_icmplt(target);
                case 12 -> c.if_icmpgt(target);
                default -> c.if_icmple(target);
            }
            return;
        }
        final Label no = c.newLabel();
        switch (condition) {
            case 0 -> c.iload(f.zero).ifeq(target);
            case 1 -> c.iload(f.zero).ifne(target);
            case 2 -> c.iload(f.carry).ifne(target);
            case 3 -> c.iload(f.carry).ifeq(target);
            case 4 -> c.iload(f.negative).iflt(target);
            case 5 -> c.iload(f.negative).ifge(target);
            case 6 -> c.iload(f.overflow).iflt(target);
            case 7 -> c.iload(f.overflow).ifge(target);
            case 8 -> c.iload(f.carry).ifeq(no).iload(f.zero).ifne(target);
            case 9 -> c.iload(f.carry).ifeq(target).iload(f.zero).ifeq(target);
            case 10 -> c.iload(f.negative).iload(f.overflow).ixor().ifge(target);
            case 11 -> c.iload(f.negative).iload(f.overflow).ixor().iflt(target);
            case 12 ->
                c.iload(f.zero)
                        .ifeq(no)
                        .iload(f.negative)
                        .iload(f.overflow)
                        .ixor()
                        .ifge(target);
            default ->
                c.iload(f.zero)
                        .ifeq(target)
                        .iload(f.negative)
                        .iload(f.overflow)
                        .ixor()
                        .iflt(target);
        }
        c.labelBinding(no);
    }

    /** Pushes operand 2 or an offset register; sets the carry as the shifter does when asked to. */
    void operand2(final Instruction i, final int place, final boolean carryOut) {
        switch (i.form) {
            case IMMEDIATE -> {
                if (carryOut && i.immediateCarry != Instruction.CARRY_UNCHANGED) {
                    c.loadConstant(i.immediateCarry).istore(f.carry);
                }
                c.loadConstant(i.immediate);
            }
            case REGISTER -> f.get(i.m, place);
            case SHIFTED -> shifted(i, place, carryOut);
            case SHIFTED_BY_REGISTER -> {
                if (carryOut) {
                    f.get(i.m, place);
                    c.loadConstant(i.shift);
                    f.get(i.s, place);
                    c.iload(f.carry);
                    f.support("shiftCarry", Frame.ints(4));
                    c.istore(f.value);
                }
                f.get(i.m, place);
                c.loadConstant(i.shift);
                f.get(i.s, place);
                f.support("shift", THREE);
                if (carryOut) {
                    c.iload(f.value).istore(f.carry);
                }
            }
        }
    }

    private void shifted(final Instruction i, final int place, final boolean carryOut) {
        final int distance = i.immediate;
        f.get(i.m, place);
        if (i.shift == Decoder.ROR && distance == 0) {
            if (carryOut) {
                c.dup()
                        .iconst_1()
                        .iushr()
                        .iload(f.carry)
                        .loadConstant(31)
                        .ishl()
                        .ior();
                c.swap().iconst_1().iand().istore(f.carry);
            } else {
                c.iconst_1().iushr().iload(f.carry).loadConstant(31).ishl().ior();
            }
            return;
        }
        if (carryOut) {
            c.dup();
            final int bit = i.shift == Decoder.LSL ? 32 - distance : distance - 1;
            c.loadConstant(Math.min(bit, 31)).iushr().iconst_1().iand().istore(f.carry);
        }
        switch (i.shift) {
            case Decoder.LSL -> c.loadConstant(distance).ishl();
            case Decoder.LSR -> {
                if (distance == 32) {
                    c.pop().iconst_0();
                } else {
                    c.loadConstant(distance).iushr();
                }
            }
            case Decoder.ASR -> c.loadConstant(Math.min(distance, 31)).ishr();
            default -> c.loadConstant(distance).invokestatic(INTEGER, "rotateRight", TWO);
        }
    }

    /** Pushes the result of an operation that sets no flags. */
    void result(final Instruction i, final int place) {
        switch (i.operation) {
            case MOV -> operand2(i, place, false);
            case MVN -> {
                operand2(i, place, false);
                not();
            }
            case RSB, RSC -> {
                operand2(i, place, false);
                f.get(i.n, place);
                c.isub();
            }
            default -> {
                f.get(i.n, place);
                operand2(i, place, false);
                switch (i.operation) {
                    case AND -> c.iand();
                    case EOR -> c.ixor();
                    case SUB, SBC -> c.isub();
                    case ADD, ADC -> c.iadd();
                    case ORR -> c.ior();
                    case BIC -> {
                        not();
                        c.iand();
                    }
                    default -> throw new IllegalStateException("not data processing: " + i.operation);
                }
            }
        }
        switch (i.operation) {
            case ADC -> c.iload(f.carry).iadd();
            case SBC, RSC -> c.iload(f.carry).iadd().iconst_1().isub();
            default -> {}
        }
    }

    private void not() {
        c.iconst_m1().ixor();
    }

    /** Executes an operation that sets flags. */
    void withFlags(final Instruction i, final int place) {
        switch (i.operation) {
            case SUB, CMP -> {
                f.get(i.n, place);
                operand2(i, place, false);
                subtract(i);
            }
            case RSB -> {
                operand2(i, place, false);
                f.get(i.n, place);
                subtract(i);
            }
            case ADD, CMN, ADC -> {
                f.get(i.n, place);
                operand2(i, place, false);
                add(i, i.operation == Operation.ADC);
            }
            case SBC -> {
                f.get(i.n, place);
                operand2(i, place, false);
                not();
                add(i, true);
            }
            case RSC -> {
                operand2(i, place, false);
                f.get(i.n, place);
                not();
                add(i, true);
            }
            default -> logic(i, place);
        }
    }

    private boolean keeps(final Instruction i) {
        return switch (i.operation) {
            case TST, TEQ, CMP, CMN -> false;
            default -> true;
        };
    }

    private void subtract(final Instruction i) {
        c.istore(f.second).istore(f.first);
        c.iload(f.first).iload(f.second).isub().dup().istore(f.negative).istore(f.zero);
        flags(true);
        finish(i);
        compared = true;
    }

    private void add(final Instruction i, final boolean carryIn) {
        c.istore(f.second).istore(f.first);
        c.iload(f.first).iload(f.second).iadd();
        if (carryIn) {
            c.iload(f.carry).iadd();
        }
        c.dup().istore(f.negative).istore(f.zero);
        flags(false);
        finish(i);
        compared = false;
    }

    private void flags(final boolean subtraction) {
        c.iload(f.first).iload(f.second);
        if (subtraction) {
            not();
        }
        c.iload(f.zero).invokestatic(Frame.SUPPORT, "carry", THREE).istore(f.carry);
        c.iload(f.first).iload(f.second);
        if (subtraction) {
            not();
        }
        c.iload(f.zero).invokestatic(Frame.SUPPORT, "overflow", THREE).istore(f.overflow);
    }

    private void finish(final Instruction i) {
        if (keeps(i)) {
            c.iload(f.zero);
            f.set(i.d);
        }
    }

    private void logic(final Instruction i, final int place) {
        if (i.operation == Operation.MOV || i.operation == Operation.MVN) {
            operand2(i, place, true);
            if (i.operation == Operation.MVN) {
                not();
            }
        } else {
            f.get(i.n, place);
            operand2(i, place, true);
            switch (i.operation) {
                case AND, TST -> c.iand();
                case EOR, TEQ -> c.ixor();
                case ORR -> c.ior();
                default -> {
                    not();
                    c.iand();
                }
            }
        }
        c.dup().istore(f.negative).istore(f.zero);
        finish(i);
        compared = false;
    }

    /** Executes one of {@link Shape#isDirect}. */
    void direct(final Instruction i, final int place) {
        switch (i.operation) {
            case MUL, MLA -> {
                f.get(i.m, place);
                f.get(i.s, place);
                c.imul();
                if (i.operation == Operation.MLA) {
                    f.get(i.d, place);
                    c.iadd();
                }
                f.set(i.n);
            }
            case MLS -> {
                f.get(i.d, place);
                f.get(i.m, place);
                f.get(i.s, place);
                c.imul().isub();
                f.set(i.n);
            }
            case CLZ, REV -> {
                f.get(i.m, place);
                final String method = i.operation == Operation.CLZ ? "numberOfLeadingZeros" : "reverseBytes";
                c.invokestatic(INTEGER, method, MethodTypeDesc.of(CD_int, CD_int));
                f.set(i.d);
            }
            case UBFX -> {
                final int width = i.bits(20, 16) + 1;
                f.get(i.m, place);
                c.loadConstant(i.bits(11, 7)).iushr();
                c.loadConstant(width == 32 ? -1 : (1 << width) - 1).iand();
                f.set(i.d);
            }
            case SBFX -> {
                final int width = i.bits(20, 16) + 1;
                f.get(i.m, place);
                c.loadConstant(32 - Math.min(32, i.bits(11, 7) + width)).ishl();
                c.loadConstant(32 - width).ishr();
                f.set(i.d);
            }
            case BFI, BFC -> insert(i, place);
            default -> extend(i, place);
        }
    }

    private void insert(final Instruction i, final int place) {
        final int low = i.bits(11, 7);
        final int width = Math.max(1, i.bits(20, 16) - low + 1);
        final int mask = (width >= 32 ? -1 : (1 << width) - 1) << low;
        f.get(i.d, place);
        c.loadConstant(~mask).iand();
        if (i.operation == Operation.BFI) {
            f.get(i.m, place);
            c.loadConstant(low).ishl().loadConstant(mask).iand().ior();
        }
        f.set(i.d);
    }

    private void extend(final Instruction i, final int place) {
        f.get(i.m, place);
        final int rotation = i.bits(11, 10) << 3;
        if (rotation != 0) {
            c.loadConstant(rotation).invokestatic(INTEGER, "rotateRight", TWO);
        }
        switch (i.operation) {
            case SXTAB -> c.i2b();
            case SXTAH -> c.i2s();
            case UXTAB -> c.loadConstant(0xff).iand();
            default -> c.loadConstant(0xffff).iand();
        }
        if (i.n != 15) {
            f.get(i.n, place);
            c.iadd();
        }
        f.set(i.d);
    }
}
