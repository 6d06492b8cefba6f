package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.isa.Breakpoint;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;

/**
 * The operations that the interpreter's loop leaves to a call, one in eight that a boot executes. Without them the loop is small, and HotSpot's
 * quick compiler has it ready early in a process that boots once.
 */
final class RareOperations {

    private static final long LOW = 0xffff_ffffL;

    private RareOperations() {}

    /**
     * Executes one operation; {@code pe.pc} and {@code pe.instructions} name it.
     *
     * @param index of the operation in its page
     * @return where it branches to, or {@link Interpreter#NONE}
     */
    static long execute(final ProcessingElement pe, final CodePage code, final MicroOp op, final int index) {
        final long[] x = pe.x;
        final Mmu mmu = pe.mmu;
        long next = Interpreter.NONE;
        switch (op.kind) {
            case Op.LDRB_REG -> x[op.d] = mmu.load8(x[op.n] + (x[op.m] << op.s));
            case Op.CBNZ_W -> {
                if ((int) x[op.n] != 0) {
                    next = pe.pc + op.imm;
                }
            }
            case Op.CBNZ_X -> {
                if (x[op.n] != 0) {
                    next = pe.pc + op.imm;
                }
            }
            case Op.LSLV_X -> x[op.d] = x[op.n] << (int) x[op.m];
            case Op.SBFM_X -> x[op.d] = x[op.n] << (int) op.imm >> op.s;
            case Op.CBZ_X -> {
                if (x[op.n] == 0) {
                    next = pe.pc + op.imm;
                }
            }
            case Op.B -> next = pe.pc + op.imm;
            case Op.ADDS_IMM_X -> {
                final long a = x[op.n];
                final long r = a + op.imm;
                pe.nzcv = AluOperations.addFlags64(a, op.imm, r);
                x[op.d] = r;
            }
            case Op.FLAGS -> AluOperations.flags(pe, op);
            case Op.REV_W -> x[op.d] = Integer.reverseBytes((int) x[op.n]) & LOW;
            case Op.ALU_W_OR_X -> AluOperations.alu(pe, op);
            case Op.LDR_X_REG -> x[op.d] = mmu.load64(x[op.n] + (x[op.m] << op.s));
            case Op.AND_W -> x[op.d] = x[op.n] & x[op.m] << op.s & LOW;
            case Op.STP_X_PRE -> {
                final long address = x[op.n] + op.imm;
                mmu.store64(address, x[op.d]);
                mmu.store64(address + 8, x[op.a]);
                x[op.n] = address;
            }
            case Op.LDP_X_POST -> {
                final long address = x[op.n];
                final long first = mmu.load64(address);
                x[op.a] = mmu.load64(address + 8);
                x[op.d] = first;
                x[op.n] = address + op.imm;
            }
            case Op.DMB -> SystemOperations.dmb(pe, op.s);
            case Op.ORR_W -> x[op.d] = (x[op.n] | x[op.m] << op.s) & LOW;
            case Op.CSEL_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m]) & LOW;
            case Op.LSLV_W -> x[op.d] = (int) x[op.n] << (int) x[op.m] & LOW;
            case Op.MADD_X -> x[op.d] = x[op.a] + x[op.n] * x[op.m];
            case Op.LDR_W_REG -> x[op.d] = mmu.load32(x[op.n] + (x[op.m] << op.s));
            case Op.BFI_X -> x[op.d] = x[op.m] & ~(op.imm << op.s) | (x[op.n] & op.imm) << op.s;
            case Op.LDRH -> x[op.d] = mmu.load16(x[op.n] + op.imm);
            case Op.BLR -> {
                final long target = Interpreter.branchTarget(x[op.n]);
                code.leads(index, target - (pe.pc & -Page.SIZE));
                x[30] = pe.pc + 4;
                next = target;
            }
            case Op.ANDS_X -> {
                final long r = x[op.n] & x[op.m] << op.s;
                pe.nzcv = AluOperations.logicFlags64(r);
                x[op.d] = r;
            }
            case Op.ORR_IMM_W -> x[op.d] = (x[op.n] | op.imm) & LOW;
            case Op.NOP -> {}
            case Op.STRH -> mmu.store16(x[op.n] + op.imm, x[op.d]);
            case Op.TPIDR -> {
                if (pe.el < 2) {
                    throw GuestFault.undefined();
                }
                x[op.d] = pe.system.get(SystemRegister.TPIDR_EL2);
            }
            case Op.STR_W_REG -> mmu.store32(x[op.n] + (x[op.m] << op.s), x[op.d]);
            case Op.CSEL_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m];
            case Op.ADD_EXT_X -> x[op.d] = x[op.n] + AluOperations.extend(x[op.m], (int) op.imm, op.s);
            case Op.ANDS_IMM_W -> {
                final long r = x[op.n] & op.imm;
                pe.nzcv = AluOperations.logicFlags32((int) r);
                x[op.d] = r;
            }
            case Op.LDR_X_POST -> {
                final long address = x[op.n];
                x[op.d] = mmu.load64(address);
                x[op.n] = address + op.imm;
            }
            case Op.STRB -> mmu.store8(x[op.n] + op.imm, x[op.d]);
            case Op.ALU2 -> AluOperations.other(pe, op);
            case Op.BFXIL_X -> x[op.d] = x[op.m] & ~op.imm | x[op.n] >>> op.s & op.imm;
            case Op.SUB_W -> x[op.d] = x[op.n] - (x[op.m] << op.s) & LOW;
            case Op.CLZ_X -> x[op.d] = Long.numberOfLeadingZeros(x[op.n]);
            case Op.STR_X_REG -> mmu.store64(x[op.n] + (x[op.m] << op.s), x[op.d]);
            case Op.SBFM_W -> x[op.d] = x[op.n] << (int) op.imm >> op.s & LOW;
            case Op.LSRV_W -> x[op.d] = (int) x[op.n] >>> (int) x[op.m] & LOW;
            case Op.EOR_IMM_X -> x[op.d] = x[op.n] ^ op.imm;
            case Op.UMADDL -> x[op.d] = x[op.a] + (x[op.n] & LOW) * (x[op.m] & LOW);
            case Op.EOR_IMM_W -> x[op.d] = (x[op.n] ^ op.imm) & LOW;
            case Op.REV_X -> x[op.d] = Long.reverseBytes(x[op.n]);
            case Op.ADD_W -> x[op.d] = x[op.n] + (x[op.m] << op.s) & LOW;
            case Op.BIC_X -> x[op.d] = x[op.n] & ~(x[op.m] << op.s);
            case Op.EOR_X -> x[op.d] = x[op.n] ^ x[op.m] << op.s;
            case Op.ANDS_W -> {
                final long r = x[op.n] & x[op.m] << op.s & LOW;
                pe.nzcv = AluOperations.logicFlags32((int) r);
                x[op.d] = r;
            }
            case Op.STR_X_PRE -> {
                final long address = x[op.n] + op.imm;
                mmu.store64(address, x[op.d]);
                x[op.n] = address;
            }
            case Op.STP_X_POST -> {
                final long address = x[op.n];
                mmu.store64(address, x[op.d]);
                mmu.store64(address + 8, x[op.a]);
                x[op.n] = address + op.imm;
            }
            case Op.BIC_W -> x[op.d] = x[op.n] & ~(x[op.m] << op.s) & LOW;
            case Op.CSINV_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : ~x[op.m];
            case Op.MOVK_W -> x[op.d] = (x[op.n] & ~(0xffffL << op.s) | op.imm) & LOW;
            case Op.MSUB_X -> x[op.d] = x[op.a] - x[op.n] * x[op.m];
            case Op.ADDS_IMM_W -> {
                final int a = (int) x[op.n];
                final int r = a + (int) op.imm;
                pe.nzcv = AluOperations.addFlags32(a, (int) op.imm, r);
                x[op.d] = r & LOW;
            }
            case Op.SMADDL -> x[op.d] = x[op.a] + (long) (int) x[op.n] * (int) x[op.m];
            case Op.LDRSW -> x[op.d] = (int) mmu.load32(x[op.n] + op.imm);
            case Op.ADR -> x[op.d] = pe.pc + op.imm;
            case Op.ORN_X -> x[op.d] = x[op.n] | ~(x[op.m] << op.s);
            case Op.ADDS_X -> {
                final long a = x[op.n];
                final long b = x[op.m] << op.s;
                pe.nzcv = AluOperations.addFlags64(a, b, a + b);
                x[op.d] = a + b;
            }
            case Op.CLZ_W -> x[op.d] = Integer.numberOfLeadingZeros((int) x[op.n]);
            case Op.BFXIL_W -> x[op.d] = (x[op.m] & ~op.imm | x[op.n] >>> op.s & op.imm) & LOW;
            case Op.MADD_W -> x[op.d] = x[op.a] + x[op.n] * x[op.m] & LOW;
            case Op.STRB_REG -> mmu.store8(x[op.n] + (x[op.m] << op.s), x[op.d]);
            case Op.CSNEG_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : -x[op.m]) & LOW;
            case Op.CSINC_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m] + 1;
            case Op.CSINV_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : ~x[op.m]) & LOW;
            case Op.EOR_W -> x[op.d] = (x[op.n] ^ x[op.m] << op.s) & LOW;
            case Op.ORN_W -> x[op.d] = (x[op.n] | ~(x[op.m] << op.s)) & LOW;
            case Op.CSNEG_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : -x[op.m];
            case Op.LDP_X_PRE -> {
                final long address = x[op.n] + op.imm;
                final long first = mmu.load64(address);
                x[op.a] = mmu.load64(address + 8);
                x[op.d] = first;
                x[op.n] = address;
            }
            case Op.BREAKPOINT -> throw new Breakpoint();
            default -> throw new IllegalStateException("micro-operation kind " + op.kind);
        }
        return next;
    }
}
