package dev.breakmake.engine.platform;

import dev.breakmake.translation.event.AddressRange;
import java.util.List;

/**
 * A board as data.
 *
 * @param name what reports call it
 * @param cpu processor model
 * @param pes number of PEs, 1 to 8
 * @param ram RAM banks by physical address, ascending, not overlapping, 4 KiB aligned
 * @param gic interrupt controller and its place
 * @param uart base of the PL011
 * @param uartIntid its interrupt
 * @param counterFrequency frequency of the system counter in Hz
 */
public record Platform(
        String name,
        CpuModel cpu,
        int pes,
        List<AddressRange> ram,
        GicMap gic,
        long uart,
        int uartIntid,
        long counterFrequency) {

    /** Interrupts of the controller altogether: 32 private and 256 shared ones. */
    public static final int INTERRUPTS = 288;

    /** First shared interrupt and number of shared interrupts of the GICv2m frame. */
    public static final int MESSAGE_FIRST_INTID = 80;

    /** Number of shared interrupts of the GICv2m frame. */
    public static final int MESSAGE_COUNT = 64;

    private static final long GIB = 1L << 30;
    private static final long VIRT_RAM_BASE = 0x4000_0000L;
    private static final int PAGE_MASK = 0xfff;

    private static final GicMap VIRT_GIC_V2 =
            new GicMap.V2(0x0800_0000L, 0x0801_0000L, 0x0803_0000L, 0x0804_0000L, 0x0802_0000L);
    private static final GicMap VIRT_GIC_V3 = new GicMap.V3(0x0800_0000L, 0x080a_0000L, 0x00f6_0000L);

    public Platform {
        ram = ram.stream()
                .sorted((a, b) -> Long.compareUnsigned(a.start(), b.start()))
                .toList();
        if (pes < 1 || pes > 8) {
            throw new IllegalArgumentException("a platform has 1 to 8 PEs, not " + pes);
        }
        if (ram.isEmpty()) {
            throw new IllegalArgumentException("a platform needs at least one RAM bank");
        }
        long limit = 1L << cpu.paBits();
        for (int i = 0; i < ram.size(); i++) {
            AddressRange bank = ram.get(i);
            if (((bank.start() | bank.end()) & PAGE_MASK) != 0 || bank.size() == 0) {
                throw new IllegalArgumentException("RAM bank " + bank + " is empty or not 4 KiB aligned");
            }
            if (Long.compareUnsigned(bank.end() - 1, limit) >= 0) {
                throw new IllegalArgumentException("RAM bank %s lies beyond the %d physical address bits of %s"
                        .formatted(bank, cpu.paBits(), cpu.compatible()));
            }
            if (i > 0 && bank.intersects(ram.get(i - 1))) {
                throw new IllegalArgumentException("RAM banks " + ram.get(i - 1) + " and " + bank + " overlap");
            }
        }
    }

    /**
     * The {@code virt} machine as QEMU maps it: RAM from 1 GiB, GICv2 or GICv3 from 0x8000000, PL011 at 0x9000000.
     *
     * @param ramBytes size of the one RAM bank
     * @param gicVersion 2 or 3
     */
    public static Platform virt(CpuModel cpu, int pes, long ramBytes, int gicVersion) {
        if (ramBytes <= 0 || (ramBytes & PAGE_MASK) != 0) {
            throw new IllegalArgumentException("memory size must be a positive multiple of 4 KiB, not " + ramBytes);
        }
        GicMap gic = switch (gicVersion) {
            case 2 -> VIRT_GIC_V2;
            case 3 -> VIRT_GIC_V3;
            default -> throw new IllegalArgumentException("GIC version must be 2 or 3, not " + gicVersion);
        };
        AddressRange bank = new AddressRange(VIRT_RAM_BASE, VIRT_RAM_BASE + ramBytes);
        return new Platform("virt", cpu, pes, List.of(bank), gic, 0x0900_0000L, 33, 62_500_000);
    }

    /**
     * The same board with its RAM elsewhere; devices move out of the way when RAM covers their place.
     *
     * @param base physical address of the first byte of RAM
     */
    public Platform withRamBase(long base) {
        long size = ramBytes();
        return withRam("%s, RAM at 0x%x".formatted(name, base), List.of(new AddressRange(base, base + size)));
    }

    /** The same board with other RAM banks; devices move above 1 GiB steps that RAM leaves free when RAM covers their place. */
    public Platform withRam(String newName, List<AddressRange> banks) {
        long shift = 0;
        AddressRange devices = new AddressRange(0x0800_0000L, 0x0a00_0000L);
        while (covers(banks, devices, shift)) {
            shift += GIB;
        }
        return new Platform(newName, cpu, pes, banks, moved(gic, shift), uart + shift, uartIntid, counterFrequency);
    }

    private static boolean covers(List<AddressRange> banks, AddressRange devices, long shift) {
        AddressRange place = new AddressRange(devices.start() + shift, devices.end() + shift);
        return banks.stream().anyMatch(place::intersects);
    }

    private static GicMap moved(GicMap gic, long shift) {
        return switch (gic) {
            case GicMap.V2 v2 ->
                new GicMap.V2(
                        v2.distributor() + shift,
                        v2.cpuInterface() + shift,
                        v2.hypervisorInterface() + shift,
                        v2.virtualCpuInterface() + shift,
                        v2.messageFrame() + shift);
            case GicMap.V3 v3 ->
                new GicMap.V3(v3.distributor() + shift, v3.redistributors() + shift, v3.redistributorsSize());
        };
    }

    /** RAM of all banks in bytes. */
    public long ramBytes() {
        return ram.stream().mapToLong(AddressRange::size).sum();
    }

    /** MPIDR affinity fields of a PE: Aff0 counts to 15 (GICv3) or 7 (GICv2), as QEMU numbers them. */
    public long affinity(int pe) {
        return pe;
    }
}
