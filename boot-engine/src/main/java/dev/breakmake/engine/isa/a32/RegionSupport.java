package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.memory.Page;
import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.SoftTlb;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.WriteOrigin;

/** What translated code calls. HotSpot inlines most of it; written here it need not be written as bytecode. */
final class RegionSupport {

    private static final int OFFSET = Page.SIZE - 1;

    private RegionSupport() {}

    /** C of {@code a + b + carryIn = result}. */
    static int carry(final int a, final int b, final int result) {
        return (a & b | (a | b) & ~result) >>> 31;
    }

    /** V of {@code a + b + carryIn = result}, in the sign bit. */
    static int overflow(final int a, final int b, final int result) {
        return (a ^ result) & (b ^ result);
    }

    /** Shift by the low byte of a register, without carry. */
    static int shift(final int value, final int type, final int register) {
        final int distance = register & 0xff;
        return switch (type) {
            case Decoder.LSL -> distance < 32 ? value << distance : 0;
            case Decoder.LSR -> distance < 32 ? value >>> distance : 0;
            case Decoder.ASR -> value >> Math.min(distance, 31);
            default -> Integer.rotateRight(value, distance);
        };
    }

    /** Carry out of {@link #shift}. */
    static int shiftCarry(final int value, final int type, final int register, final int carry) {
        final int distance = register & 0xff;
        if (distance == 0) {
            return carry;
        }
        return switch (type) {
            case Decoder.LSL -> distance <= 32 ? value >>> 32 - distance & 1 : 0;
            case Decoder.LSR -> distance <= 32 ? value >>> distance - 1 & 1 : 0;
            case Decoder.ASR -> value >> Math.min(distance - 1, 31) & 1;
            default -> Integer.rotateRight(value, distance) >>> 31;
        };
    }

    /** Loads 1, 2 or 4 bytes, zero extended, when the software TLB does not serve it. */
    static int slowLoad(
            final ProcessingElement pe, final int va, final int size, final int address, final long instructions) {
        at(pe, address, instructions);
        return (int) pe.mmu.load(va & 0xffff_ffffL, size);
    }

    /** Stores the low 1, 2 or 4 bytes when the software TLB does not serve it. */
    static void slowStore(
            final ProcessingElement pe,
            final int va,
            final int value,
            final int size,
            final int address,
            final long instructions) {
        at(pe, address, instructions);
        pe.mmu.store(va & 0xffff_ffffL, size, value, WriteOrigin.STORE);
    }

    static int load8(final long[] words, final int address) {
        return (int) (words[(address & OFFSET) >>> 3] >>> ((address & 7) << 3)) & 0xff;
    }

    static int load16(final long[] words, final int address) {
        return (int) (words[(address & OFFSET) >>> 3] >>> ((address & 6) << 3)) & 0xffff;
    }

    static int load32(final long[] words, final int address) {
        return (int) (words[(address & OFFSET) >>> 3] >>> ((address & 4) << 3));
    }

    /** Two words, which are one doubleword if the address is a multiple of 8. */
    static long load64(final long[] words, final int address) {
        final int index = (address & OFFSET) >>> 3;
        if ((address & 4) == 0) {
            return words[index];
        }
        return words[index] >>> 32 | words[index + 1] << 32;
    }

    static void store8(final long[] words, final int address, final int value) {
        final int index = (address & OFFSET) >>> 3;
        final int shift = (address & 7) << 3;
        words[index] = words[index] & ~(0xffL << shift) | (value & 0xffL) << shift;
    }

    static void store16(final long[] words, final int address, final int value) {
        final int index = (address & OFFSET) >>> 3;
        final int shift = (address & 6) << 3;
        words[index] = words[index] & ~(0xffffL << shift) | (value & 0xffffL) << shift;
    }

    static void store32(final long[] words, final int address, final int value) {
        final int index = (address & OFFSET) >>> 3;
        final int shift = (address & 4) << 3;
        words[index] = words[index] & ~(0xffff_ffffL << shift) | (value & 0xffff_ffffL) << shift;
    }

    static void store64(final long[] words, final int address, final int low, final int high) {
        final int index = (address & OFFSET) >>> 3;
        if ((address & 4) == 0) {
            words[index] = low & 0xffff_ffffL | (long) high << 32;
        } else {
            words[index] = words[index] & 0xffff_ffffL | (long) low << 32;
            words[index + 1] = words[index + 1] & 0xffff_ffff_0000_0000L | high & 0xffff_ffffL;
        }
    }

    /** Whether the code at an address is what was translated: the PE has it mapped, and nobody changed it. */
    static boolean mapped(final SoftTlb tlb, final int address, final CodePage expected) {
        final long page = address & -Page.SIZE & 0xffff_ffffL;
        final int index = (int) (page >>> Page.SHIFT) & SoftTlb.MASK;
        if (tlb.fetchTags[index] != page) {
            return false;
        }
        final Page found = tlb.fetchPages[index];
        return found != null && found.code == expected;
    }

    private static ProcessingElement at(final AArch32 state, final int address, final long instructions) {
        at(state.pe, address, instructions);
        return state.pe;
    }

    private static void at(final ProcessingElement pe, final int address, final long instructions) {
        pe.pc = address & 0xffff_ffffL;
        pe.instructions = instructions;
    }

    /** A DMB with its option field. */
    static void dmb(final AArch32 state, final int option, final int address, final long instructions) {
        Synchronization.barrier(at(state, address, instructions), Barrier.Kind.DMB, option);
    }

    /** A DSB with its option field. */
    static void dsb(final AArch32 state, final int option, final int address, final long instructions) {
        Synchronization.barrier(at(state, address, instructions), Barrier.Kind.DSB, option);
    }

    /** SEV. */
    static void sendEvent(final AArch32 state, final int address, final long instructions) {
        at(state, address, instructions).sendEvent();
    }

    /** Reads HTPIDR. */
    static int threadPointer(final AArch32 state, final int address, final long instructions) {
        final int mode = state.registers.mode();
        if (mode != Mode.HYP && mode != Mode.MONITOR) {
            at(state, address, instructions);
            throw GuestFault.undefined();
        }
        return state.system().get(Cp15.HTPIDR);
    }

    /** A load-exclusive of up to a word. */
    static int loadExclusive(
            final AArch32 state, final int base, final int size, final int address, final long instructions) {
        return (int) Maintenance.loadExclusive(at(state, address, instructions), base & 0xffff_ffffL, size);
    }

    /** A store-exclusive of up to a word: 0 if it passes, else 1. */
    static int storeExclusive(
            final AArch32 state,
            final int base,
            final int value,
            final int size,
            final int address,
            final long instructions) {
        return Synchronization.storeExclusive(
                at(state, address, instructions), base & 0xffff_ffffL, size, value & 0xffff_ffffL >>> 32 - (size << 3));
    }

    /** Executes an instruction outside; the caller has put the registers it reads into their places and takes them back. */
    static void execute(
            final AArch32 state, final CodePage page, final int index, final int address, final long instructions) {
        at(state, address, instructions);
        state.interpreter().executeAt(page.instruction(index), address);
    }

    /** A branch to an address that selects T32: ends as it does in the interpreter. */
    static void exchange(final AArch32 state, final int target, final int address, final long instructions) {
        at(state, address, instructions);
        state.interpreter().branchExchange(target);
    }
}
