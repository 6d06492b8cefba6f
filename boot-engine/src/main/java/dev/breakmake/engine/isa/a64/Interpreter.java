package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.isa.Breakpoint;
import dev.breakmake.engine.isa.CodeCache;
import dev.breakmake.engine.isa.SharedCode;
import dev.breakmake.engine.isa.Translation;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.translate.Region;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Executes A64 instructions of one PE, one after the other. The loop must stay below HotSpot's limit of 8,000 bytecodes per compiled
 * method; a test guards it.
 */
public final class Interpreter {

    private static final long LOW = 0xffff_ffffL;

    /** No branch was taken. */
    private static final long NONE = 0x8000_0000_0000_0001L;

    private final ProcessingElement pe;
    private final CodeCache cache;
    private final Translation translation;

    private final IntFunction<@Nullable CodePage> nearby = this::nearby;

    private long breakpoint;

    private @Nullable CodePage breakFrom;
    private CodePage breakCode = new CodePage(new long[Page.WORDS]);

    /** An interpreter for a PE; decoded code comes from and goes to the cache. */
    public Interpreter(final ProcessingElement pe, final CodeCache cache) {
        this.pe = pe;
        this.cache = cache;
        this.translation = cache.translation();
    }

    /** Runs until the PE's instruction count reaches its limit. Synchronous exceptions are taken; interrupts are the caller's. */
    public void run() {
        while (pe.instructions < pe.limit) {
            try {
                final CodePage code = runRegions();
                if (code != null) {
                    interpret(code);
                }
            } catch (final GuestFault fault) {
                pe.take(fault);
                pe.instructions++;
            }
        }
    }

    /** Makes {@link #run} throw {@link Breakpoint} before the instruction at an address. */
    public void setBreakpoint(final long address) {
        breakpoint = address;
        pe.breakpointPage = address & -Page.SIZE;
    }

    private CodePage code(final long pc) {
        if ((pc & 3) != 0) {
            throw GuestFault.pcAlignment(pc);
        }
        final CodePage code = page(pc);
        if ((pc & -Page.SIZE) != pe.breakpointPage) {
            return code;
        }
        if (breakFrom != code) {
            breakFrom = code;
            breakCode = code.withBreakpoint(breakpoint);
        }
        return breakCode;
    }

    private CodePage page(final long pc) {
        final Page page = pe.mmu.fetch(pc);
        final CodePage code = (CodePage) page.code;
        if (code != null) {
            return code;
        }
        final CodePage fresh = cache.page(CodePage.class, page.words, CodePage::new);
        pe.mmu.holdsCode(page, fresh);
        return fresh;
    }

    private void arrived(final CodePage code, final int i, final long base) {
        // Nearby pages are found from the PC.
        pe.pc = base + ((long) i << 2);
        code.arrived(translation, i, nearby);
    }

    /** Code that the PE could fetch now without a walk, by distance in pages. */
    private @Nullable CodePage nearby(final int pages) {
        final long va = (pe.pc & -Page.SIZE) + (long) pages * Page.SIZE;
        final Page page = pe.mmu.tlb.fetched(va);
        return page == null ? null : (CodePage) page.code;
    }

    /** A branch target; the one value that means "no branch" is misaligned and faults as any other misaligned one. */
    private static long branchTarget(final long address) {
        return address == NONE ? NONE + 2 : address;
    }

    /**
     * Goes from one piece of translated code to the next.
     *
     * @return the code to interpret from the PC on, or null if the PE's limit is reached
     */
    private @Nullable CodePage runRegions() {
        final ProcessingElement pe = this.pe;
        while (true) {
            final long pc = pe.pc;
            final CodePage code = code(pc);
            final int index = (int) pc >>> 2 & SharedCode.INSTRUCTIONS - 1;
            final Region region = code.region(index);
            if (region == null) {
                code.arrived(translation, index, nearby);
                return code;
            }
            final long before = pe.instructions;
            region.run(pe);
            if (pe.instructions >= pe.limit) {
                return null;
            }
            if (pe.instructions == before) {
                // The first block is longer than the limit allows.
                return code;
            }
        }
    }

    /** Interprets within one page of code, or until translated code or something that changes what the next instruction means. */
    private void interpret(final CodePage code) {
        final ProcessingElement pe = this.pe;
        final long[] x = pe.x;
        final Mmu mmu = pe.mmu;
        final @Nullable MicroOp[] ops = code.ops;
        final long base = pe.pc & -Page.SIZE;
        int i = (int) (pe.pc - base) >>> 2;
        long n = pe.instructions;
        while (n < pe.limit) {
            MicroOp op = ops[i];
            if (op == null) {
                op = code.decode(i);
            }
            long next = NONE;
            switch (op.kind) {
                case Op.ADD_IMM_X -> x[op.d] = x[op.n] + op.imm;
                case Op.ADD_IMM_W -> x[op.d] = x[op.n] + op.imm & LOW;
                case Op.ADDS_IMM_X -> {
                    final long a = x[op.n];
                    final long r = a + op.imm;
                    pe.nzcv = AluOperations.addFlags64(a, op.imm, r);
                    x[op.d] = r;
                }
                case Op.ADDS_IMM_W -> {
                    final int a = (int) x[op.n];
                    final int r = a + (int) op.imm;
                    pe.nzcv = AluOperations.addFlags32(a, (int) op.imm, r);
                    x[op.d] = r & LOW;
                }
                case Op.SUBS_IMM_X -> {
                    final long a = x[op.n];
                    final long r = a - op.imm;
                    pe.nzcv = AluOperations.subFlags64(a, op.imm, r);
                    x[op.d] = r;
                }
                case Op.SUBS_IMM_W -> {
                    final int a = (int) x[op.n];
                    final int r = a - (int) op.imm;
                    pe.nzcv = AluOperations.subFlags32(a, (int) op.imm, r);
                    x[op.d] = r & LOW;
                }
                case Op.ADD_X -> x[op.d] = x[op.n] + (x[op.m] << op.s);
                case Op.ADD_W -> x[op.d] = x[op.n] + (x[op.m] << op.s) & LOW;
                case Op.SUB_X -> x[op.d] = x[op.n] - (x[op.m] << op.s);
                case Op.SUB_W -> x[op.d] = x[op.n] - (x[op.m] << op.s) & LOW;
                case Op.ADDS_X -> {
                    final long a = x[op.n];
                    final long b = x[op.m] << op.s;
                    pe.nzcv = AluOperations.addFlags64(a, b, a + b);
                    x[op.d] = a + b;
                }
                case Op.SUBS_X -> {
                    final long a = x[op.n];
                    final long b = x[op.m] << op.s;
                    pe.nzcv = AluOperations.subFlags64(a, b, a - b);
                    x[op.d] = a - b;
                }
                case Op.SUBS_W -> {
                    final int a = (int) x[op.n];
                    final int b = (int) x[op.m] << op.s;
                    pe.nzcv = AluOperations.subFlags32(a, b, a - b);
                    x[op.d] = a - b & LOW;
                }
                case Op.AND_IMM -> x[op.d] = x[op.n] & op.imm;
                case Op.ORR_IMM_X -> x[op.d] = x[op.n] | op.imm;
                case Op.ORR_IMM_W -> x[op.d] = (x[op.n] | op.imm) & LOW;
                case Op.EOR_IMM_X -> x[op.d] = x[op.n] ^ op.imm;
                case Op.EOR_IMM_W -> x[op.d] = (x[op.n] ^ op.imm) & LOW;
                case Op.ANDS_IMM_X -> {
                    final long r = x[op.n] & op.imm;
                    pe.nzcv = AluOperations.logicFlags64(r);
                    x[op.d] = r;
                }
                case Op.ANDS_IMM_W -> {
                    final long r = x[op.n] & op.imm;
                    pe.nzcv = AluOperations.logicFlags32((int) r);
                    x[op.d] = r;
                }
                case Op.AND_X -> x[op.d] = x[op.n] & x[op.m] << op.s;
                case Op.AND_W -> x[op.d] = x[op.n] & x[op.m] << op.s & LOW;
                case Op.ORR_X -> x[op.d] = x[op.n] | x[op.m] << op.s;
                case Op.ORR_W -> x[op.d] = (x[op.n] | x[op.m] << op.s) & LOW;
                case Op.EOR_X -> x[op.d] = x[op.n] ^ x[op.m] << op.s;
                case Op.EOR_W -> x[op.d] = (x[op.n] ^ x[op.m] << op.s) & LOW;
                case Op.BIC_X -> x[op.d] = x[op.n] & ~(x[op.m] << op.s);
                case Op.BIC_W -> x[op.d] = x[op.n] & ~(x[op.m] << op.s) & LOW;
                case Op.ANDS_X -> {
                    final long r = x[op.n] & x[op.m] << op.s;
                    pe.nzcv = AluOperations.logicFlags64(r);
                    x[op.d] = r;
                }
                case Op.ANDS_W -> {
                    final long r = x[op.n] & x[op.m] << op.s & LOW;
                    pe.nzcv = AluOperations.logicFlags32((int) r);
                    x[op.d] = r;
                }
                case Op.ORN_X -> x[op.d] = x[op.n] | ~(x[op.m] << op.s);
                case Op.ORN_W -> x[op.d] = (x[op.n] | ~(x[op.m] << op.s)) & LOW;
                case Op.MOV_X -> x[op.d] = x[op.m];
                case Op.MOV_W -> x[op.d] = x[op.m] & LOW;
                case Op.MOV_IMM -> x[op.d] = op.imm;
                case Op.MOVK_X -> x[op.d] = x[op.n] & ~(0xffffL << op.s) | op.imm;
                case Op.MOVK_W -> x[op.d] = (x[op.n] & ~(0xffffL << op.s) | op.imm) & LOW;
                case Op.ADR -> x[op.d] = base + ((long) i << 2) + op.imm;
                case Op.ADRP -> x[op.d] = base + op.imm;
                case Op.UBFX -> x[op.d] = x[op.n] >>> op.s & op.imm;
                case Op.UBFIZ -> x[op.d] = (x[op.n] & op.imm) << op.s;
                case Op.SBFM_X -> x[op.d] = x[op.n] << (int) op.imm >> op.s;
                case Op.SBFM_W -> x[op.d] = x[op.n] << (int) op.imm >> op.s & LOW;
                case Op.BFI_X -> x[op.d] = x[op.m] & ~(op.imm << op.s) | (x[op.n] & op.imm) << op.s;
                case Op.BFI_W -> x[op.d] = (x[op.m] & ~(op.imm << op.s) | (x[op.n] & op.imm) << op.s) & LOW;
                case Op.BFXIL_X -> x[op.d] = x[op.m] & ~op.imm | x[op.n] >>> op.s & op.imm;
                case Op.BFXIL_W -> x[op.d] = (x[op.m] & ~op.imm | x[op.n] >>> op.s & op.imm) & LOW;
                case Op.CSEL_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m];
                case Op.CSEL_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m]) & LOW;
                case Op.CSINC_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m] + 1;
                case Op.CSINC_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m] + 1) & LOW;
                case Op.CSINV_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : ~x[op.m];
                case Op.CSINV_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : ~x[op.m]) & LOW;
                case Op.CSNEG_X -> x[op.d] = AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : -x[op.m];
                case Op.CSNEG_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : -x[op.m]) & LOW;
                case Op.LSLV_X -> x[op.d] = x[op.n] << (int) x[op.m];
                case Op.LSLV_W -> x[op.d] = (int) x[op.n] << (int) x[op.m] & LOW;
                case Op.LSRV_X -> x[op.d] = x[op.n] >>> (int) x[op.m];
                case Op.LSRV_W -> x[op.d] = (int) x[op.n] >>> (int) x[op.m] & LOW;
                case Op.CLZ_X -> x[op.d] = Long.numberOfLeadingZeros(x[op.n]);
                case Op.CLZ_W -> x[op.d] = Integer.numberOfLeadingZeros((int) x[op.n]);
                case Op.REV_X -> x[op.d] = Long.reverseBytes(x[op.n]);
                case Op.REV_W -> x[op.d] = Integer.reverseBytes((int) x[op.n]) & LOW;
                case Op.MADD_X -> x[op.d] = x[op.a] + x[op.n] * x[op.m];
                case Op.MADD_W -> x[op.d] = x[op.a] + x[op.n] * x[op.m] & LOW;
                case Op.MSUB_X -> x[op.d] = x[op.a] - x[op.n] * x[op.m];
                case Op.UMADDL -> x[op.d] = x[op.a] + (x[op.n] & LOW) * (x[op.m] & LOW);
                case Op.SMADDL -> x[op.d] = x[op.a] + (long) (int) x[op.n] * (int) x[op.m];
                case Op.ADD_EXT_X -> x[op.d] = x[op.n] + AluOperations.extend(x[op.m], (int) op.imm, op.s);
                case Op.ALU_W_OR_X -> AluOperations.alu(pe, op);
                case Op.ALU2 -> AluOperations.other(pe, op);
                case Op.FLAGS -> AluOperations.flags(pe, op);
                case Op.NOP -> {}
                case Op.TPIDR -> {
                    if (pe.el < 2) {
                        throw GuestFault.undefined();
                    }
                    x[op.d] = pe.system.get(SystemRegister.TPIDR_EL2);
                }
                case Op.B -> next = base + ((long) i << 2) + op.imm;
                case Op.BL -> {
                    x[30] = base + ((long) i << 2) + 4;
                    next = base + ((long) i << 2) + op.imm;
                }
                case Op.B_COND -> {
                    if (AluOperations.holds(op.a, pe.nzcv)) {
                        next = base + ((long) i << 2) + op.imm;
                    }
                }
                case Op.CBZ_X -> {
                    if (x[op.n] == 0) {
                        next = base + ((long) i << 2) + op.imm;
                    }
                }
                case Op.CBNZ_X -> {
                    if (x[op.n] != 0) {
                        next = base + ((long) i << 2) + op.imm;
                    }
                }
                case Op.CBZ_W -> {
                    if ((int) x[op.n] == 0) {
                        next = base + ((long) i << 2) + op.imm;
                    }
                }
                case Op.CBNZ_W -> {
                    if ((int) x[op.n] != 0) {
                        next = base + ((long) i << 2) + op.imm;
                    }
                }
                case Op.TBZ -> {
                    if ((x[op.n] >>> op.s & 1) == 0) {
                        next = base + ((long) i << 2) + op.imm;
                    }
                }
                case Op.TBNZ -> {
                    if ((x[op.n] >>> op.s & 1) != 0) {
                        next = base + ((long) i << 2) + op.imm;
                    }
                }
                case Op.BR -> {
                    next = branchTarget(x[op.n]);
                    if (op.n != 30) {
                        code.leads(i, next - base);
                    }
                }
                case Op.BLR -> {
                    final long target = branchTarget(x[op.n]);
                    code.leads(i, target - base);
                    x[30] = base + ((long) i << 2) + 4;
                    next = target;
                }
                case Op.LDR_X -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = mmu.load64(x[op.n] + op.imm);
                }
                case Op.LDR_W -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = mmu.load32(x[op.n] + op.imm);
                }
                case Op.LDRH -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = mmu.load16(x[op.n] + op.imm);
                }
                case Op.LDRB -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = mmu.load8(x[op.n] + op.imm);
                }
                case Op.LDRSW -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = (int) mmu.load32(x[op.n] + op.imm);
                }
                case Op.STR_X -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    mmu.store64(x[op.n] + op.imm, x[op.d]);
                }
                case Op.STR_W -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    mmu.store32(x[op.n] + op.imm, x[op.d]);
                }
                case Op.STRH -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    mmu.store16(x[op.n] + op.imm, x[op.d]);
                }
                case Op.STRB -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    mmu.store8(x[op.n] + op.imm, x[op.d]);
                }
                case Op.LDR_X_REG -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = mmu.load64(x[op.n] + (x[op.m] << op.s));
                }
                case Op.LDR_W_REG -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = mmu.load32(x[op.n] + (x[op.m] << op.s));
                }
                case Op.LDRB_REG -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    x[op.d] = mmu.load8(x[op.n] + (x[op.m] << op.s));
                }
                case Op.STR_X_REG -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    mmu.store64(x[op.n] + (x[op.m] << op.s), x[op.d]);
                }
                case Op.STR_W_REG -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    mmu.store32(x[op.n] + (x[op.m] << op.s), x[op.d]);
                }
                case Op.STRB_REG -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    mmu.store8(x[op.n] + (x[op.m] << op.s), x[op.d]);
                }
                case Op.LDP_X -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n] + op.imm;
                    final long first = mmu.load64(address);
                    x[op.a] = mmu.load64(address + 8);
                    x[op.d] = first;
                }
                case Op.STP_X -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n] + op.imm;
                    mmu.store64(address, x[op.d]);
                    mmu.store64(address + 8, x[op.a]);
                }
                case Op.LDP_X_PRE -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n] + op.imm;
                    final long first = mmu.load64(address);
                    x[op.a] = mmu.load64(address + 8);
                    x[op.d] = first;
                    x[op.n] = address;
                }
                case Op.STP_X_PRE -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n] + op.imm;
                    mmu.store64(address, x[op.d]);
                    mmu.store64(address + 8, x[op.a]);
                    x[op.n] = address;
                }
                case Op.LDP_X_POST -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n];
                    final long first = mmu.load64(address);
                    x[op.a] = mmu.load64(address + 8);
                    x[op.d] = first;
                    x[op.n] = address + op.imm;
                }
                case Op.STP_X_POST -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n];
                    mmu.store64(address, x[op.d]);
                    mmu.store64(address + 8, x[op.a]);
                    x[op.n] = address + op.imm;
                }
                case Op.LDR_X_POST -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n];
                    x[op.d] = mmu.load64(address);
                    x[op.n] = address + op.imm;
                }
                case Op.STR_X_PRE -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    final long address = x[op.n] + op.imm;
                    mmu.store64(address, x[op.d]);
                    x[op.n] = address;
                }
                case Op.MEMORY -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    MemoryOperations.execute(pe, op);
                }
                case Op.DMB -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    SystemOperations.dmb(pe, op.s);
                }
                case Op.SYSTEM -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    SystemOperations.execute(pe, op);
                    pe.instructions = n + 1;
                    return;
                }
                case Op.BREAKPOINT -> {
                    pe.pc = base + ((long) i << 2);
                    pe.instructions = n;
                    throw new Breakpoint();
                }
                case Op.END_OF_PAGE -> {
                    pe.pc = base + Page.SIZE;
                    pe.instructions = n;
                    return;
                }
                default -> throw new IllegalStateException("micro-operation kind " + op.kind);
            }
            n++;
            if (next == NONE) {
                i++;
            } else if ((next ^ base) >>> Page.SHIFT == 0 && (next & 3) == 0) {
                final int from = i;
                i = (int) (next - base) >>> 2;
                if (code.region(i) != null) {
                    pe.pc = next;
                    pe.instructions = n;
                    return;
                }
                // A target further on in a function is reached from a region that begins before it, or from where one
                // ended.
                if (i <= from || op.kind == Op.BL || op.kind >= Op.BR) {
                    arrived(code, i, base);
                }
            } else {
                pe.pc = next;
                pe.instructions = n;
                return;
            }
        }
        pe.pc = base + ((long) i << 2);
        pe.instructions = n;
    }
}
