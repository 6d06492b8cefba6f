package dev.breakmake.cli.boot;

import dev.breakmake.engine.machine.BootSpecification;
import dev.breakmake.engine.platform.Platform;
import dev.breakmake.engine.study.LoadSweep;
import dev.breakmake.engine.symbol.SymbolTable;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.layout.Layout;
import dev.breakmake.translation.layout.Region;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request booted from many load addresses, several at a time. */
public final class EngineSweep {

    private static final long LOOK_MILLIS = 100;

    private final LoadSweep sweep;
    private final Platform platform;
    private final long imageBytes;
    private final @Nullable Layout layout;
    private volatile boolean cancelled;

    /**
     * One boot.
     *
     * @param boot how it ended
     * @param meets regions of the layout that lie where the image is loaded, where its identity mapping wants to be
     */
    public record Load(LoadSweep.Place boot, List<String> meets) {
        public Load {
            meets = List.copyOf(meets);
        }
    }

    private EngineSweep(LoadSweep sweep, Platform platform, long imageBytes, @Nullable Layout layout) {
        this.sweep = sweep;
        this.platform = platform;
        this.imageBytes = imageBytes;
        this.layout = layout;
    }

    /**
     * The sweep of a request, whose own load address does not count.
     *
     * @param layout of the image's address space, or null if nobody knows it
     */
    public static EngineSweep of(BootRequest request, @Nullable Layout layout) throws IOException {
        SymbolTable symbols = SymbolFiles.linked(request);
        Platform platform = EngineBoot.platform(request);
        BootSpecification specification = EngineBoot.specification(
                        request, platform, EngineBoot.options(request), () -> symbols)
                .withSymbols(symbols);
        long bytes = request.image().memoryBytes();
        return new EngineSweep(
                new LoadSweep(specification, symbols, request.profile(), bytes), platform, bytes, layout);
    }

    /** The board's first bank of RAM. */
    public AddressRange ram() {
        return platform.ram().getFirst();
    }

    /** The board in words. */
    public String platform() {
        return EngineBoot.describe(platform);
    }

    /** No boot begins any more, and nobody waits for those that run; from any thread. */
    public void cancel() {
        cancelled = true;
    }

    /** Whether it was cancelled. */
    public boolean isCancelled() {
        return cancelled;
    }

    /**
     * Boots from every address of an arithmetic progression.
     *
     * @param end no address is as high as this one
     * @param threads boots at a time
     * @param progress told of every boot that has ended, by any thread
     * @return the boots by ascending address; those that ended, if it was cancelled
     */
    public List<Load> run(long from, long end, long step, int threads, Consumer<Load> progress)
            throws InterruptedException {
        ExecutorService boots = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("sweep-", 0).factory());
        try {
            List<Future<Load>> started = new ArrayList<>();
            for (long address = from; Long.compareUnsigned(address, end) < 0; address += step) {
                long here = address;
                started.add(boots.submit(() -> {
                    Load load = new Load(sweep.boot(here), meets(here));
                    progress.accept(load);
                    return load;
                }));
            }
            List<Load> loads = new ArrayList<>();
            for (Future<Load> boot : started) {
                if (ended(boot)) {
                    loads.add(boot.get());
                }
            }
            return loads;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a boot of the sweep ended without an outcome", e.getCause());
        } finally {
            boots.shutdownNow();
        }
    }

    /** Waits for a boot unless the sweep is cancelled. */
    private boolean ended(Future<Load> boot) throws InterruptedException, ExecutionException {
        while (!boot.isDone() && !cancelled) {
            try {
                boot.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Look again whether it was cancelled.
            }
        }
        return boot.isDone();
    }

    private List<String> meets(long address) {
        if (layout == null) {
            return List.of();
        }
        AddressRange image = new AddressRange(address, address + imageBytes);
        return layout.regions().stream()
                .filter(region -> region.kind() != Region.Kind.IDENTITY)
                .filter(region -> region.range().intersects(image))
                .map(Region::name)
                .toList();
    }
}
