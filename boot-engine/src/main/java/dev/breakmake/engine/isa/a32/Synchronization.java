package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.GuestFault;
import dev.breakmake.engine.pe.Maintenance;
import dev.breakmake.engine.pe.Mmu;
import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.WriteOrigin;

/** Exclusives, swaps, doubleword accesses and barriers (DDI 0406C A3.4, A3.5.3, A8.8.43). */
final class Synchronization {

    private final ProcessingElement pe;
    private final Mmu mmu;
    private final int[] r;

    Synchronization(final AArch32 state) {
        this.pe = state.pe();
        this.mmu = pe.mmu;
        this.r = state.registers().r;
    }

    /** Executes one of them; false if the operation is none. */
    boolean execute(final Instruction i) {
        final long va = r[i.n] & 0xffff_ffffL;
        switch (i.operation) {
            case LDREX -> r[i.d] = (int) Maintenance.loadExclusive(pe, va, 4);
            case LDREXB -> r[i.d] = (int) Maintenance.loadExclusive(pe, va, 1);
            case LDREXH -> r[i.d] = (int) Maintenance.loadExclusive(pe, va, 2);
            case LDREXD -> {
                final long value = Maintenance.loadExclusive(pe, va, 8);
                r[i.d] = (int) value;
                r[i.d + 1 & 15] = (int) (value >>> 32);
            }
            case STREX -> r[i.d] = storeExclusive(pe, va, 4, r[i.m] & 0xffff_ffffL);
            case STREXB -> r[i.d] = storeExclusive(pe, va, 1, r[i.m] & 0xffL);
            case STREXH -> r[i.d] = storeExclusive(pe, va, 2, r[i.m] & 0xffffL);
            case STREXD -> r[i.d] = storeExclusive(pe, va, 8, r[i.m] & 0xffff_ffffL | (long) r[i.m + 1 & 15] << 32);
            case CLREX -> Maintenance.clearExclusive(pe);
            case SWP -> {
                checkWordAligned((int) va, true);
                final int value = (int) mmu.load32(va);
                mmu.store(va, 4, r[i.m] & 0xffff_ffffL, WriteOrigin.ATOMIC);
                r[i.d] = value;
            }
            case SWPB -> {
                final int value = (int) mmu.load8(va);
                mmu.store(va, 1, r[i.m] & 0xffL, WriteOrigin.ATOMIC);
                r[i.d] = value;
            }
            case DSB -> barrier(pe, Barrier.Kind.DSB, i.opcode & 15);
            case DMB -> barrier(pe, Barrier.Kind.DMB, i.opcode & 15);
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Stores if the monitor is still armed for the address; 0 if it was, else 1. */
    static int storeExclusive(final ProcessingElement pe, final long va, final int size, final long value) {
        if (!Maintenance.exclusivePasses(pe, va, size)) {
            return 1;
        }
        pe.mmu.write(va, size, value, WriteOrigin.ATOMIC);
        return 0;
    }

    /** A barrier by its option field: bits 3:2 the domain, bits 1:0 the access types; reserved values act as SY. */
    static void barrier(final ProcessingElement pe, final Barrier.Kind kind, final int option) {
        final Shareability domain = switch (option >>> 2) {
            case 0 -> Shareability.OSH;
            case 1 -> Shareability.NSH;
            case 2 -> Shareability.ISH;
            default -> Shareability.SY;
        };
        switch (option & 3) {
            case 1 -> Maintenance.barrier(pe, kind, domain, AccessTypes.LD, false);
            case 2 -> Maintenance.barrier(pe, kind, domain, AccessTypes.ST, false);
            case 3 -> Maintenance.barrier(pe, kind, domain, AccessTypes.ALL, false);
            default -> Maintenance.barrier(pe, kind, Shareability.SY, AccessTypes.ALL, false);
        }
    }

    /** LDRD: one 64-bit access when doubleword aligned, two words otherwise (single-copy atomic with LPAE). */
    long loadDouble(final long va) {
        checkWordAligned((int) va, false);
        if ((va & 7) == 0) {
            return mmu.load64(va);
        }
        return mmu.load32(va) | mmu.load32(va + 4 & 0xffff_ffffL) << 32;
    }

    /** STRD: one 64-bit access when doubleword aligned, two words otherwise. */
    void storeDouble(final long va, final int low, final int high) {
        checkWordAligned((int) va, true);
        if ((va & 7) == 0) {
            mmu.store64(va, low & 0xffff_ffffL | (long) high << 32);
        } else {
            mmu.store32(va, low);
            mmu.store32(va + 4 & 0xffff_ffffL, high);
        }
    }

    /** Block and doubleword transfers fault on addresses that are no multiple of 4. */
    static void checkWordAligned(final int address, final boolean write) {
        if ((address & 3) != 0) {
            throw GuestFault.abort(false, 0x21, write, address & 0xffff_ffffL, 0, 0);
        }
    }
}
