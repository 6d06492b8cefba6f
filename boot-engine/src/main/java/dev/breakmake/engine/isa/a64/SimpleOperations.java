package dev.breakmake.engine.isa.a64;

import static java.lang.constant.ConstantDescs.CD_int;
import static java.lang.constant.ConstantDescs.CD_long;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.IntConsumer;

/** Bytecode of data processing instructions that neither set flags nor touch memory. */
final class SimpleOperations {

    private static final ClassDesc LONG_BOX = ClassDesc.of("java.lang.Long");
    private static final ClassDesc INT_BOX = ClassDesc.of("java.lang.Integer");
    private static final ClassDesc ALU = ClassDesc.of(AluOperations.class.getName());
    private static final MethodTypeDesc COUNT_LONG = MethodTypeDesc.of(CD_int, CD_long);
    private static final MethodTypeDesc COUNT_INT = MethodTypeDesc.of(CD_int, CD_int);
    private static final MethodTypeDesc LONG_TO_LONG = MethodTypeDesc.of(CD_long, CD_long);
    private static final long LOW = 0xffff_ffffL;

    private SimpleOperations() {}

    /**
     * Writes one instruction.
     *
     * @param get pushes a guest register
     * @param set pops into a guest register
     * @param at place of the instruction, counted from the first one of the page
     * @param base local with the address of that page
     * @return false if the instruction is none of these
     */
    static boolean assemble(
            final CodeBuilder c,
            final MicroOp op,
            final int at,
            final IntConsumer get,
            final IntConsumer set,
            final int base) {
        switch (op.kind) {
            case Op.ADD_X -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.ladd();
            }
            case Op.ADD_W -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.ladd();
                low(c);
            }
            case Op.SUB_X -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.lsub();
            }
            case Op.SUB_W -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.lsub();
                low(c);
            }
            case Op.AND_X -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.land();
            }
            case Op.AND_W -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.land();
                low(c);
            }
            case Op.ORR_X -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.lor();
            }
            case Op.ORR_W -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.lor();
                low(c);
            }
            case Op.EOR_X -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.lxor();
            }
            case Op.EOR_W -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.lxor();
                low(c);
            }
            case Op.BIC_X -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.loadConstant(-1L).lxor();
                c.land();
            }
            case Op.BIC_W -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.loadConstant(-1L).lxor();
                c.land();
                low(c);
            }
            case Op.ORN_X -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.loadConstant(-1L).lxor();
                c.lor();
            }
            case Op.ORN_W -> {
                get.accept(op.n);
                get.accept(op.m);
                if (op.s != 0) {
                    c.loadConstant(op.s).lshl();
                }
                c.loadConstant(-1L).lxor();
                c.lor();
                low(c);
            }
            case Op.AND_IMM -> {
                get.accept(op.n);
                c.loadConstant(op.imm).land();
            }
            case Op.ORR_IMM_X -> {
                get.accept(op.n);
                c.loadConstant(op.imm).lor();
            }
            case Op.EOR_IMM_X -> {
                get.accept(op.n);
                c.loadConstant(op.imm).lxor();
            }
            case Op.ORR_IMM_W -> {
                get.accept(op.n);
                c.loadConstant(op.imm).lor();
                low(c);
            }
            case Op.EOR_IMM_W -> {
                get.accept(op.n);
                c.loadConstant(op.imm).lxor();
                low(c);
            }
            case Op.MOV_X -> {
                get.accept(op.m);
            }
            case Op.MOV_W -> {
                get.accept(op.m);
                low(c);
            }
            case Op.MOV_IMM -> {
                c.loadConstant(op.imm);
            }
            case Op.MOVK_X -> {
                get.accept(op.n);
                c.loadConstant(~(0xffffL << op.s)).land().loadConstant(op.imm).lor();
            }
            case Op.MOVK_W -> {
                get.accept(op.n);
                c.loadConstant(~(0xffffL << op.s)).land().loadConstant(op.imm).lor();
                low(c);
            }
            case Op.ADR -> {
                c.lload(base).loadConstant(((long) at << 2) + op.imm).ladd();
            }
            case Op.ADRP -> {
                c.lload(base).loadConstant(((long) (at >> 10) << 12) + op.imm).ladd();
            }
            case Op.UBFX -> {
                get.accept(op.n);
                c.loadConstant(op.s).lushr().loadConstant(op.imm).land();
            }
            case Op.UBFIZ -> {
                get.accept(op.n);
                c.loadConstant(op.imm).land().loadConstant(op.s).lshl();
            }
            case Op.SBFM_X -> {
                get.accept(op.n);
                c.loadConstant((int) op.imm).lshl().loadConstant(op.s).lshr();
            }
            case Op.SBFM_W -> {
                get.accept(op.n);
                c.loadConstant((int) op.imm).lshl().loadConstant(op.s).lshr();
                low(c);
            }
            case Op.BFI_X -> {
                get.accept(op.m);
                c.loadConstant(~(op.imm << op.s)).land();
                get.accept(op.n);
                c.loadConstant(op.imm).land().loadConstant(op.s).lshl().lor();
            }
            case Op.BFI_W -> {
                get.accept(op.m);
                c.loadConstant(~(op.imm << op.s)).land();
                get.accept(op.n);
                c.loadConstant(op.imm).land().loadConstant(op.s).lshl().lor();
                low(c);
            }
            case Op.BFXIL_X -> {
                get.accept(op.m);
                c.loadConstant(~op.imm).land();
                get.accept(op.n);
                c.loadConstant(op.s).lushr().loadConstant(op.imm).land().lor();
            }
            case Op.BFXIL_W -> {
                get.accept(op.m);
                c.loadConstant(~op.imm).land();
                get.accept(op.n);
                c.loadConstant(op.s).lushr().loadConstant(op.imm).land().lor();
                low(c);
            }
            case Op.LSLV_X -> {
                get.accept(op.n);
                get.accept(op.m);
                c.l2i().lshl();
            }
            case Op.LSRV_X -> {
                get.accept(op.n);
                get.accept(op.m);
                c.l2i().lushr();
            }
            case Op.LSLV_W -> {
                get.accept(op.n);
                c.l2i();
                get.accept(op.m);
                c.l2i().ishl().i2l();
                low(c);
            }
            case Op.LSRV_W -> {
                get.accept(op.n);
                c.l2i();
                get.accept(op.m);
                c.l2i().iushr().i2l();
                low(c);
            }
            case Op.CLZ_X -> {
                get.accept(op.n);
                c.invokestatic(LONG_BOX, "numberOfLeadingZeros", COUNT_LONG).i2l();
            }
            case Op.CLZ_W -> {
                get.accept(op.n);
                c.l2i().invokestatic(INT_BOX, "numberOfLeadingZeros", COUNT_INT).i2l();
            }
            case Op.REV_X -> {
                get.accept(op.n);
                c.invokestatic(LONG_BOX, "reverseBytes", LONG_TO_LONG);
            }
            case Op.REV_W -> {
                get.accept(op.n);
                c.l2i().invokestatic(INT_BOX, "reverseBytes", COUNT_INT).i2l();
                low(c);
            }
            case Op.MADD_X -> {
                get.accept(op.a);
                get.accept(op.n);
                get.accept(op.m);
                c.lmul().ladd();
            }
            case Op.MADD_W -> {
                get.accept(op.a);
                get.accept(op.n);
                get.accept(op.m);
                c.lmul().ladd();
                low(c);
            }
            case Op.MSUB_X -> {
                get.accept(op.a);
                get.accept(op.n);
                get.accept(op.m);
                c.lmul().lsub();
            }
            case Op.UMADDL -> {
                get.accept(op.a);
                get.accept(op.n);
                low(c);
                get.accept(op.m);
                low(c);
                c.lmul().ladd();
            }
            case Op.SMADDL -> {
                get.accept(op.a);
                get.accept(op.n);
                c.l2i().i2l();
                get.accept(op.m);
                c.l2i().i2l().lmul().ladd();
            }
            case Op.ADD_EXT_X -> {
                get.accept(op.n);
                get.accept(op.m);
                c.loadConstant((int) op.imm).loadConstant(op.s);
                c.invokestatic(ALU, "extend", MethodTypeDesc.of(CD_long, CD_long, CD_int, CD_int));
                c.ladd();
            }
            default -> {
                return false;
            }
        }
        set.accept(op.d);
        return true;
    }

    private static void low(final CodeBuilder c) {
        c.loadConstant(LOW).land();
    }
}
