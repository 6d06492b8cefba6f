package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.isa.SharedCode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds what is translated together: everything that branches and calls reach from an entry, up to a size HotSpot still compiles, as
 * far as it was ever executed. Places are instruction numbers relative to the entry's page: 1024 is the first instruction of the next one.
 */
final class RegionFinder {

    private final Map<Integer, CodePage> around;
    private final int largest;
    private final TreeMap<Integer, Instruction> members = new TreeMap<>();
    private final TreeSet<Integer> starts = new TreeSet<>();
    private final TreeSet<Integer> returns = new TreeSet<>();
    private final Deque<Integer> todo = new ArrayDeque<>();

    private RegionFinder(final Map<Integer, CodePage> around, final int largest) {
        this.around = around;
        this.largest = largest;
    }

    /**
     * What to translate.
     *
     * @param members instructions by place
     * @param starts places where blocks begin
     * @param returns places behind calls, where a return may continue
     */
    record Blocks(int entry, TreeMap<Integer, Instruction> members, TreeSet<Integer> starts, TreeSet<Integer> returns) {

        /** Length of the block at a start, in instructions. */
        int length(final int start) {
            int at = start;
            while (true) {
                final Instruction instruction = members.get(at);
                if (instruction == null) {
                    return at - start;
                }
                at++;
                if (Shape.endsBlock(instruction) || starts.contains(at) || isPageStart(at)) {
                    return at - start;
                }
            }
        }

        /** Whether a block begins at a place. */
        boolean begins(final int place) {
            return starts.contains(place);
        }
    }

    /** The blocks reached from an entry; null if there is nothing worth translating. */
    static @Nullable Blocks find(final Map<Integer, CodePage> around, final int entry, final int largest) {
        final RegionFinder finder = new RegionFinder(around, largest);
        finder.todo.add(entry);
        while (!finder.todo.isEmpty()) {
            finder.follow(finder.todo.poll());
        }
        if (finder.members.size() < 3 || !finder.members.containsKey(entry)) {
            return null;
        }
        finder.starts.retainAll(finder.members.keySet());
        finder.returns.retainAll(finder.starts);
        return new Blocks(entry, finder.members, finder.starts, finder.returns);
    }

    static int pageOf(final int place) {
        return place >> 10;
    }

    private static boolean isPageStart(final int place) {
        return (place & SharedCode.INSTRUCTIONS - 1) == 0;
    }

    private @Nullable Instruction at(final int place) {
        final CodePage page = around.get(pageOf(place));
        final int index = place & SharedCode.INSTRUCTIONS - 1;
        if (page == null || !page.isKnown(index)) {
            return null;
        }
        final Instruction instruction = page.instruction(index);
        return Shape.translates(instruction) ? instruction : null;
    }

    private void follow(final int from) {
        int at = from;
        starts.add(at);
        while (!members.containsKey(at) && members.size() < largest) {
            if (isPageStart(at)) {
                starts.add(at);
            }
            final Instruction instruction = at(at);
            if (instruction == null) {
                return;
            }
            members.put(at, instruction);
            final boolean always = instruction.condition >= 14;
            switch (instruction.operation) {
                case B -> todo.add(target(at, instruction));
                case BL -> {
                    todo.addFirst(target(at, instruction));
                    returns.add(at + 1);
                    todo.add(at + 1);
                    return;
                }
                case BLX -> {
                    returns.add(at + 1);
                    todo.add(at + 1);
                    return;
                }
                default -> {}
            }
            at++;
            if (Shape.endsBlock(instruction)) {
                if (!always) {
                    todo.addFirst(at);
                }
                return;
            }
        }
    }

    /** Place a direct branch goes to. */
    static int target(final int at, final Instruction branch) {
        return at + 2 + (branch.immediate >> 2);
    }
}
