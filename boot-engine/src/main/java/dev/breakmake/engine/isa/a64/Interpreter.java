package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.isa.Breakpoint;
import dev.breakmake.engine.isa.CodeCache;
import dev.breakmake.engine.isa.SharedCode;
import dev.breakmake.engine.isa.Translation;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
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
    static final long NONE = 0x8000_0000_0000_0001L;

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

    /** Code that the PE could fetch now without a walk, by distance in pages. */
    private @Nullable CodePage nearby(final int pages) {
        final long va = (pe.pc & -Page.SIZE) + (long) pages * Page.SIZE;
        final Page page = pe.mmu.tlb.fetched(va);
        return page == null ? null : (CodePage) page.code;
    }

    /** A branch target; the one value that means "no branch" is misaligned and faults as any other misaligned one. */
    static long branchTarget(final long address) {
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
                if (code.arrive(index)) {
                    code.arrived(translation, index, pe.instructions, nearby);
                }
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
    @SuppressWarnings("LabelledBreakTarget") // the way of all that does not branch goes past what a taken branch needs
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
            final long next;
            taken:
            {
                final int kind = op.kind;
                if (kind < Op.OFTEN) {
                    switch (kind) {
                        case Op.LDR_X -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            x[op.d] = mmu.load64(x[op.n] + op.imm);
                        }
                        case Op.B_COND -> {
                            if (AluOperations.holds(op.a, pe.nzcv)) {
                                next = base + ((long) i << 2) + op.imm;
                                break taken;
                            }
                        }
                        case Op.ADD_IMM_X -> x[op.d] = x[op.n] + op.imm;
                        case Op.LDR_W -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            x[op.d] = mmu.load32(x[op.n] + op.imm);
                        }
                        case Op.STR_X -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            mmu.store64(x[op.n] + op.imm, x[op.d]);
                        }
                        case Op.ADD_X -> x[op.d] = x[op.n] + (x[op.m] << op.s);
                        case Op.MOV_IMM -> x[op.d] = op.imm;
                        case Op.ADRP -> x[op.d] = base + op.imm;
                        default -> throw new IllegalStateException("micro-operation kind " + op.kind);
                    }
                } else if (kind < Op.SOMETIMES) {
                    switch (kind) {
                        case Op.SUBS_X -> {
                            final long a = x[op.n];
                            final long b = x[op.m] << op.s;
                            pe.nzcv = AluOperations.subFlags64(a, b, a - b);
                            x[op.d] = a - b;
                        }
                        case Op.MEMORY -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            MemoryOperations.execute(pe, op);
                        }
                        case Op.MOV_X -> x[op.d] = x[op.m];
                        case Op.STR_W -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            mmu.store32(x[op.n] + op.imm, x[op.d]);
                        }
                        case Op.AND_X -> x[op.d] = x[op.n] & x[op.m] << op.s;
                        case Op.ORR_X -> x[op.d] = x[op.n] | x[op.m] << op.s;
                        case Op.SYSTEM -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            SystemOperations.execute(pe, op);
                            if (!SystemOperations.keepsContext(op)) {
                                pe.instructions = n + 1;
                                return;
                            }
                        }
                        case Op.TBNZ -> {
                            if ((x[op.n] >>> op.s & 1) != 0) {
                                next = base + ((long) i << 2) + op.imm;
                                break taken;
                            }
                        }
                        case Op.SUBS_W -> {
                            final int a = (int) x[op.n];
                            final int b = (int) x[op.m] << op.s;
                            pe.nzcv = AluOperations.subFlags32(a, b, a - b);
                            x[op.d] = a - b & LOW;
                        }
                        case Op.UBFX -> x[op.d] = x[op.n] >>> op.s & op.imm;
                        case Op.CBZ_W -> {
                            if ((int) x[op.n] == 0) {
                                next = base + ((long) i << 2) + op.imm;
                                break taken;
                            }
                        }
                        case Op.UBFIZ -> x[op.d] = (x[op.n] & op.imm) << op.s;
                        default -> throw new IllegalStateException("micro-operation kind " + op.kind);
                    }
                } else {
                    switch (kind) {
                        case Op.MOV_W -> x[op.d] = x[op.m] & LOW;
                        case Op.AND_IMM -> x[op.d] = x[op.n] & op.imm;
                        case Op.ADD_IMM_W -> x[op.d] = x[op.n] + op.imm & LOW;
                        case Op.BR -> {
                            next = branchTarget(x[op.n]);
                            if (op.n != 30) {
                                code.leads(i, next - base);
                            }
                            break taken;
                        }
                        case Op.SUBS_IMM_W -> {
                            final int a = (int) x[op.n];
                            final int r = a - (int) op.imm;
                            pe.nzcv = AluOperations.subFlags32(a, (int) op.imm, r);
                            x[op.d] = r & LOW;
                        }
                        case Op.TBZ -> {
                            if ((x[op.n] >>> op.s & 1) == 0) {
                                next = base + ((long) i << 2) + op.imm;
                                break taken;
                            }
                        }
                        case Op.CSINC_W -> x[op.d] = (AluOperations.holds(op.a, pe.nzcv) ? x[op.n] : x[op.m] + 1) & LOW;
                        case Op.SUBS_IMM_X -> {
                            final long a = x[op.n];
                            final long r = a - op.imm;
                            pe.nzcv = AluOperations.subFlags64(a, op.imm, r);
                            x[op.d] = r;
                        }
                        case Op.ANDS_IMM_X -> {
                            final long r = x[op.n] & op.imm;
                            pe.nzcv = AluOperations.logicFlags64(r);
                            x[op.d] = r;
                        }
                        case Op.BL -> {
                            x[30] = base + ((long) i << 2) + 4;
                            next = base + ((long) i << 2) + op.imm;
                            break taken;
                        }
                        case Op.SUB_X -> x[op.d] = x[op.n] - (x[op.m] << op.s);
                        case Op.BFI_W -> x[op.d] = (x[op.m] & ~(op.imm << op.s) | (x[op.n] & op.imm) << op.s) & LOW;
                        case Op.ORR_IMM_X -> x[op.d] = x[op.n] | op.imm;
                        case Op.LDRB -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            x[op.d] = mmu.load8(x[op.n] + op.imm);
                        }
                        case Op.STP_X -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            final long address = x[op.n] + op.imm;
                            mmu.store64(address, x[op.d]);
                            mmu.store64(address + 8, x[op.a]);
                        }
                        case Op.LDP_X -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            final long address = x[op.n] + op.imm;
                            final long first = mmu.load64(address);
                            x[op.a] = mmu.load64(address + 8);
                            x[op.d] = first;
                        }
                        case Op.LSRV_X -> x[op.d] = x[op.n] >>> (int) x[op.m];
                        case Op.MOVK_X -> x[op.d] = x[op.n] & ~(0xffffL << op.s) | op.imm;
                        case Op.END_OF_PAGE -> {
                            pe.pc = base + Page.SIZE;
                            pe.instructions = n;
                            return;
                        }
                        default -> {
                            pe.pc = base + ((long) i << 2);
                            pe.instructions = n;
                            next = RareOperations.execute(pe, code, op, i);
                            if (next != NONE) {
                                break taken;
                            }
                        }
                    }
                }
                n++;
                i++;
                continue;
            }
            n++;
            if ((next ^ base) >>> Page.SHIFT != 0 || (next & 3) != 0) {
                pe.pc = next;
                pe.instructions = n;
                return;
            }
            final int from = i;
            i = (int) (next - base) >>> 2;
            if (code.region(i) != null) {
                pe.pc = next;
                pe.instructions = n;
                return;
            }
            // A target further on in a function is reached from a region that begins before it, or from where one
            // ended.
            if ((i <= from || op.kind == Op.BL || op.kind == Op.BR || op.kind == Op.BLR) && code.arrive(i)) {
                // Nearby pages are found from the PC.
                pe.pc = next;
                code.arrived(translation, i, n, nearby);
            }
        }
        pe.pc = base + ((long) i << 2);
        pe.instructions = n;
    }
}
