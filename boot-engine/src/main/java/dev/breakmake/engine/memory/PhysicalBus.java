package dev.breakmake.engine.memory;

import dev.breakmake.engine.device.MmioDevice;
import dev.breakmake.translation.event.AddressRange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What answers at a physical address: RAM or a device. */
public final class PhysicalBus {

    /** A device at its place. */
    public record Window(long base, MmioDevice device) {

        AddressRange range() {
            return new AddressRange(base, base + device.size());
        }
    }

    private final GuestMemory memory;
    private final List<Window> windows = new ArrayList<>();
    private @Nullable Window last;

    /** A bus with RAM only. */
    public PhysicalBus(final GuestMemory memory) {
        this.memory = memory;
    }

    /** The RAM on this bus. */
    public GuestMemory memory() {
        return memory;
    }

    /**
     * Puts a device on the bus.
     *
     * @throws IllegalArgumentException if its window overlaps RAM or another device
     */
    public void attach(final long base, final MmioDevice device) {
        final Window window = new Window(base, device);
        for (final AddressRange ram : memory.ranges()) {
            if (ram.intersects(window.range())) {
                throw new IllegalArgumentException("device window " + window.range() + " overlaps RAM " + ram);
            }
        }
        for (final Window other : windows) {
            if (other.range().intersects(window.range())) {
                throw new IllegalArgumentException(
                        "device windows " + other.range() + " and " + window.range() + " overlap");
            }
        }
        windows.add(window);
    }

    /** The device whose window holds the address, or null. */
    public @Nullable Window window(final long pa) {
        final Window recent = last;
        if (recent != null && Long.compareUnsigned(pa - recent.base, recent.device.size()) < 0) {
            return recent;
        }
        for (final Window window : windows) {
            if (Long.compareUnsigned(pa - window.base, window.device.size()) < 0) {
                last = window;
                return window;
            }
        }
        return null;
    }
}
