package dev.breakmake.qemu.site;

import dev.breakmake.translation.event.AddressRange;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of code at a physical address with the sites in it. Words that are data may look like instructions: a stop there never happens.
 */
public final class CodeRegion {

    private static final ValueLayout.OfInt LITTLE_ENDIAN_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Decoder decoder;
    private final long pa;
    private final int[] words;
    private final Map<Integer, SiteOperation.Stop> stops = new HashMap<>();
    private @Nullable Map<Integer, List<Integer>> branchSources;

    private CodeRegion(Decoder decoder, long pa, int[] words) {
        this.decoder = decoder;
        this.pa = pa;
        this.words = words;
        for (int i = 0; i < words.length; i++) {
            if (decoder.decode(words[i]) instanceof SiteOperation.Stop stop) {
                stops.put(i, stop);
            }
        }
    }

    /** Scans code that starts at a physical address. */
    public static CodeRegion scan(Decoder decoder, long pa, int[] words) {
        return new CodeRegion(decoder, pa, words);
    }

    /** The physical addresses it covers. */
    public AddressRange range() {
        return new AddressRange(pa, pa + 4L * words.length);
    }

    /** Physical addresses of all stops. */
    public List<Long> stopAddresses() {
        List<Long> addresses = new ArrayList<>(stops.size());
        for (int index : stops.keySet()) {
            addresses.add(address(index));
        }
        return addresses;
    }

    /** What to watch at a physical address, or null. */
    public SiteOperation.@Nullable Stop stopAt(long address) {
        return range().contains(address) && (address & 3) == 0 ? stops.get(index(address)) : null;
    }

    /** The instruction at a physical address of the region. */
    public int word(long address) {
        return words[index(address)];
    }

    /** Whether the address is inside. */
    public boolean contains(long address) {
        return range().contains(address);
    }

    /** Takes over the words of the same region as memory holds them now. Returns whether anything changed. */
    public boolean update(MemorySegment code) {
        long difference = MemorySegment.ofArray(words).mismatch(code);
        if (difference < 0) {
            return false;
        }
        for (int i = (int) (difference / 4); i < words.length; i++) {
            int word = code.get(LITTLE_ENDIAN_INT, 4L * i);
            if (word != words[i]) {
                words[i] = word;
                if (decoder.decode(word) instanceof SiteOperation.Stop stop) {
                    stops.put(i, stop);
                } else {
                    stops.remove(i);
                }
            }
        }
        branchSources = null;
        return true;
    }

    /** The decoder of its instruction set. */
    public Decoder decoder() {
        return decoder;
    }

    int index(long address) {
        return (int) ((address - pa) >>> 2);
    }

    long address(int index) {
        return pa + 4L * index;
    }

    int wordAt(int index) {
        return words[index];
    }

    int size() {
        return words.length;
    }

    boolean isStop(int index) {
        return stops.containsKey(index);
    }

    /** Every instruction that may be executed immediately before the one at the index, as far as direct branches tell. */
    List<Integer> predecessors(int index) {
        List<Integer> result = new ArrayList<>();
        if (index > 0) {
            Decoder.Flow flow = decoder.flow(words[index - 1], address(index - 1));
            if (flow.fallsThrough() || !flow.known()) {
                result.add(index - 1);
            }
        }
        result.addAll(branchSources().getOrDefault(index, List.of()));
        return result;
    }

    private Map<Integer, List<Integer>> branchSources() {
        Map<Integer, List<Integer>> sources = branchSources;
        if (sources == null) {
            sources = new HashMap<>();
            for (int i = 0; i < words.length; i++) {
                Decoder.Flow flow = decoder.flow(words[i], address(i));
                if (flow.branches() && contains(flow.target())) {
                    sources.computeIfAbsent(index(flow.target()), k -> new ArrayList<>(1))
                            .add(i);
                }
            }
            branchSources = sources;
        }
        return sources;
    }
}
