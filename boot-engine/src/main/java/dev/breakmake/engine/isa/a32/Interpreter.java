package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.isa.Breakpoint;
import dev.breakmake.engine.isa.CodeCache;
import dev.breakmake.engine.isa.Translation;
import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SoftTlb;
import dev.breakmake.engine.pe.UnimplementedException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Executes A32 instructions of one PE. Instructions are decoded once per content of a page, hot ones are translated; what is rare
 * or touches system state is in {@link SystemInstructions} and {@link Synchronization}.
 */
public final class Interpreter {

    private static final int PAGE_MASK = Page.SIZE - 1;

    /** No instruction is at an odd address. */
    private static final int NO_BREAKPOINT = 1;

    /** How many pages away translated code may call: the text of a hypervisor is not larger. */
    private static final int REACH = 255;

    private final AArch32 state;
    private final CodeCache cache;
    private final Translation translation;
    private final Supplier<Map<Integer, CodePage>> neighbours = this::neighbours;
    private final ProcessingElement pe;
    private final Mmu mmu;
    private final Registers regs;
    private final int[] r;
    private final SystemInstructions system;
    private final Synchronization synchronization;

    private int breakpoint = NO_BREAKPOINT;

    /** Address of the instruction that follows the current one. */
    private int next;

    /** Set when the current instruction may have changed how the next one is fetched. */
    private boolean refetch;

    /** An interpreter for the AArch32 state of a PE. */
    Interpreter(final AArch32 state, final CodeCache cache) {
        this.state = state;
        this.cache = cache;
        this.translation = cache.translation();
        this.pe = state.pe();
        this.mmu = pe.mmu;
        this.regs = state.registers();
        this.r = regs.r;
        this.system = new SystemInstructions(state, this);
        this.synchronization = new Synchronization(state);
    }

    /** Continues somewhere else after the current instruction; the status register may have changed. */
    void continueAt(final int address) {
        next = address;
        refetch = true;
    }

    /** Fetches the next instruction afresh. */
    void refetch() {
        refetch = true;
    }

    /** Makes {@link #run} throw {@link Breakpoint} before the instruction at an address. */
    void setBreakpoint(final int address) {
        breakpoint = address;
    }

    /**
     * Runs until the PE's limit is reached or something asks to stop.
     *
     * @throws GuestFault what the current instruction raised; {@code pe.pc} names it and it has not completed
     */
    void run() {
        while (pe.instructions < pe.limit) {
            final int pc = (int) pe.pc;
            if ((pc & 3) != 0) {
                throw new UnimplementedException("A32 instruction address 0x%08x is not a multiple of 4".formatted(pc));
            }
            final CodePage code = code(mmu.fetch(pc & 0xffff_ffffL));
            final int index = (pc & PAGE_MASK) >>> 2;
            if (breakpoint != NO_BREAKPOINT) {
                interpret(code, pc, breakpoint);
                continue;
            }
            final Region region = code.region(index);
            if (region == null) {
                if (code.arrive(index)) {
                    code.arrived(translation, index, pe.instructions, neighbours);
                }
            } else {
                final long before = pe.instructions;
                region.run(state);
                if (pe.instructions != before) {
                    continue;
                }
            }
            interpret(code, pc, NO_BREAKPOINT);
        }
    }

    /** Executes instructions one after the other up to a branch that is taken. */
    private void interpret(final CodePage code, final int from, final int stop) {
        int pc = from;
        refetch = false;
        do {
            if (pc == stop) {
                throw new Breakpoint();
            }
            final int index = (pc & PAGE_MASK) >>> 2;
            Instruction instruction = code.instructions[index];
            if (instruction == null) {
                instruction = code.instruction(index);
            }
            r[15] = pc + 8;
            next = pc + 4;
            if (instruction.condition >= 14 || regs.passes(instruction.condition)) {
                execute(instruction);
            }
            pe.instructions++;
            pc += 4;
            pe.pc = next & 0xffff_ffffL;
        } while (pc == next && (pc & PAGE_MASK) != 0 && !refetch && pe.instructions < pe.limit);
    }

    /** Executes an instruction whose condition holds on behalf of translated code, which goes on behind it. */
    void executeAt(final Instruction instruction, final int address) {
        r[15] = address + 8;
        next = address + 4;
        if (isSynchronization(instruction.operation)) {
            synchronization.execute(instruction);
        } else {
            execute(instruction);
        }
    }

    private CodePage code(final Page page) {
        if (page.code instanceof final CodePage code) {
            return code;
        }
        final CodePage code = cache.page(CodePage.class, page.words, CodePage::new);
        mmu.holdsCode(page, code);
        return code;
    }

    /** Code around the current page, as far as this PE has fetched from it lately. */
    private Map<Integer, CodePage> neighbours() {
        final SoftTlb tlb = mmu.tlb;
        final int here = (int) (pe.pc >>> Page.SHIFT);
        final Map<Integer, CodePage> around = new HashMap<>();
        for (int distance = -REACH; distance <= REACH; distance++) {
            final long va = (long) (here + distance) << Page.SHIFT;
            final int index = here + distance & SoftTlb.MASK;
            final Page page = tlb.fetchPages[index];
            if (va == tlb.fetchTags[index] && page != null && page.code instanceof final CodePage code) {
                around.put(distance, code);
            }
        }
        return around;
    }

    private void execute(final Instruction i) {
        switch (i.operation) {
            case AND, EOR, SUB, RSB, ADD, ADC, SBC, RSC, ORR, MOV, BIC, MVN -> dataProcessing(i);
            case TST, TEQ, CMP, CMN -> {
                final int b = Alu.operand2(regs, i, i.operation == Operation.TST || i.operation == Operation.TEQ);
                Alu.computeFlags(regs, i.operation, r[i.n], b);
            }
            case MOVW -> r[i.d] = i.immediate;
            case MOVT -> r[i.d] = r[i.d] & 0xffff | i.immediate << 16;
            case B -> next = r[15] + i.immediate;
            case BL -> {
                r[14] = next;
                next = r[15] + i.immediate;
            }
            case BX -> branchExchange(r[i.m]);
            case BLX -> {
                final int target = r[i.m];
                r[14] = next;
                branchExchange(target);
            }
            case LDR, LDRB, STR, STRB, LDRH, LDRSB, LDRSH, STRH, LDRD, STRD -> transfer(i);
            case LDM -> loadMultiple(i);
            case STM -> storeMultiple(i);
            case NOP, YIELD, PRELOAD -> {}
            default -> rare(i);
        }
    }

    private void rare(final Instruction i) {
        if (isSynchronization(i.operation)) {
            synchronization.execute(i);
        } else if (!Arithmetic.execute(regs, i)) {
            system.execute(i);
        }
    }

    /** What {@link Synchronization} executes; told apart first because locks are made of it. */
    private static boolean isSynchronization(final Operation operation) {
        return operation.compareTo(Operation.SWP) >= 0 && operation.compareTo(Operation.CLREX) <= 0
                || operation == Operation.DSB
                || operation == Operation.DMB;
    }

    private void dataProcessing(final Instruction i) {
        final Operation operation = i.operation;
        if (i.setFlags && i.d == 15) {
            // The S form with the PC as destination is an exception return.
            final int result = Alu.compute(regs, operation, r[i.n], Alu.operand2(regs, i, false));
            system.returnFromException(result);
            return;
        }
        final int result;
        if (i.setFlags) {
            final int b = Alu.operand2(regs, i, Alu.isLogical(operation));
            result = Alu.computeFlags(regs, operation, r[i.n], b);
        } else {
            result = Alu.compute(regs, operation, r[i.n], Alu.operand2(regs, i, false));
        }
        if (i.d == 15) {
            branchExchange(result);
        } else {
            r[i.d] = result;
        }
    }

    /** Continues at an address whose bit 0 selects T32. */
    void branchExchange(final int target) {
        if ((target & 1) != 0) {
            throw new UnimplementedException("branch to T32 code at 0x%08x".formatted(target & ~1));
        }
        next = target & ~3;
    }

    private void transfer(final Instruction i) {
        final int offset = switch (i.form) {
            case IMMEDIATE -> i.immediate;
            case REGISTER -> r[i.m];
            default -> Alu.shift(regs, r[i.m], i.shift, i.immediate, false);
        };
        final int base = r[i.n];
        final int indexed = i.add ? base + offset : base - offset;
        final int address = i.preIndex ? indexed : base;
        if (!i.preIndex && i.writeback && i.operation != Operation.LDRD && i.operation != Operation.STRD) {
            // The T forms access memory as User mode would.
            mmu.asLevel(0, () -> access(i, address, base, indexed));
            return;
        }
        access(i, address, base, indexed);
    }

    private void access(final Instruction i, final int address, final int base, final int indexed) {
        final long va = address & 0xffff_ffffL;
        switch (i.operation) {
            case STR -> mmu.store32(va, stored(i.d));
            case STRB -> mmu.store8(va, stored(i.d));
            case STRH -> mmu.store16(va, stored(i.d));
            case STRD -> synchronization.storeDouble(va, r[i.d], r[i.d + 1 & 15]);
            default -> {
                load(i, va, base, indexed);
                return;
            }
        }
        writeBack(i, base, indexed);
    }

    private void load(final Instruction i, final long va, final int base, final int indexed) {
        switch (i.operation) {
            case LDRB -> finishLoad(i, (int) mmu.load8(va), base, indexed);
            case LDRH -> finishLoad(i, (int) mmu.load16(va), base, indexed);
            case LDRSB -> finishLoad(i, (byte) mmu.load8(va), base, indexed);
            case LDRSH -> finishLoad(i, (short) mmu.load16(va), base, indexed);
            case LDRD -> {
                final long value = synchronization.loadDouble(va);
                writeBack(i, base, indexed);
                r[i.d] = (int) value;
                r[i.d + 1 & 15] = (int) (value >>> 32);
            }
            default -> {
                final int value = (int) mmu.load32(va);
                writeBack(i, base, indexed);
                if (i.d == 15) {
                    branchExchange(value);
                } else {
                    r[i.d] = value;
                }
            }
        }
    }

    private void finishLoad(final Instruction i, final int value, final int base, final int indexed) {
        writeBack(i, base, indexed);
        r[i.d] = value;
    }

    private void writeBack(final Instruction i, final int base, final int indexed) {
        if (!i.preIndex || i.writeback) {
            r[i.n] = indexed;
        } else {
            assert r[i.n] == base : "no write-back";
        }
    }

    /** A register as a store sees it; the PC reads as this instruction plus 8. */
    private int stored(final int register) {
        return r[register];
    }

    private void loadMultiple(final Instruction i) {
        final int list = i.opcode & 0xffff;
        final int bytes = Integer.bitCount(list) << 2;
        final int base = r[i.n];
        int address = firstAddress(i, base, bytes);
        Synchronization.checkWordAligned(address, false);
        // Loads first, registers after: a fault on a later word leaves the base as it was.
        int branch = 0;
        final int written = i.add ? base + bytes : base - bytes;
        final long last = address + bytes - 4 & 0xffff_ffffL;
        if (bytes > 4 && (address ^ (int) last) >>> Page.SHIFT != 0) {
            mmu.load32(last);
        }
        for (int register = 0; register < 15; register++) {
            if ((list >>> register & 1) != 0) {
                final int value = (int) mmu.load32(address & 0xffff_ffffL);
                r[register] = value;
                address += 4;
            }
        }
        final boolean toPc = (list & 1 << 15) != 0;
        if (toPc) {
            branch = (int) mmu.load32(address & 0xffff_ffffL);
        }
        if (i.writeback && (list >>> i.n & 1) == 0) {
            r[i.n] = written;
        }
        if (toPc) {
            branchExchange(branch);
        }
    }

    private void storeMultiple(final Instruction i) {
        final int list = i.opcode & 0xffff;
        final int bytes = Integer.bitCount(list) << 2;
        final int base = r[i.n];
        int address = firstAddress(i, base, bytes);
        Synchronization.checkWordAligned(address, true);
        for (int register = 0; register < 16; register++) {
            if ((list >>> register & 1) != 0) {
                mmu.store32(address & 0xffff_ffffL, r[register]);
                address += 4;
            }
        }
        if (i.writeback) {
            r[i.n] = i.add ? base + bytes : base - bytes;
        }
    }

    /** Lowest address of a block transfer. */
    static int firstAddress(final Instruction i, final int base, final int bytes) {
        if (i.add) {
            return i.preIndex ? base + 4 : base;
        }
        return i.preIndex ? base - bytes : base - bytes + 4;
    }
}
