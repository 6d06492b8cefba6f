package dev.breakmake.qemu.compare;

import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.finding.SymbolSource;
import dev.breakmake.translation.finding.SymbolSource.CodeSymbol;
import dev.breakmake.translation.walk.AddressSpaceMap;
import dev.breakmake.translation.walk.MapDifference;
import dev.breakmake.translation.walk.MappedRange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Holds two traces of the same boot against each other.
 *
 * <p>Compared on each PE, in order: register writes, PE starts and TLB invalidates, with values, operands and addresses. Tables are compared
 * as what they translate: with one PE at every one of these events, with more at root writes, enables and disables, PE starts and the end.
 * With more than one PE, local invalidates by address are compared as the set of instructions that did them, not by number, see
 * {@link KeyEvent#timingDependent()}, and differences of tables inside the 2 MiB slots they invalidate are left out. What happens after the
 * last console line that both traces show, or after the entry of a guest, is left out: the backends do not stop at the same instruction.
 */
public final class BackendComparison {

    /** More differences than this are not listed. */
    public static final int MAX_DIFFERENCES = 100;

    private final List<TranslationEvent> left;
    private final List<TranslationEvent> right;
    private final SymbolSource symbols;
    private final List<BackendDifference> differences = new ArrayList<>();
    private final boolean single;
    private final Set<AddressRange> privateSlots = new HashSet<>();
    private int registerWrites;
    private int tlbInvalidates;
    private int tables;
    private long lastStep;

    private BackendComparison(List<TranslationEvent> left, List<TranslationEvent> right, SymbolSource symbols) {
        this.left = left;
        this.right = right;
        this.symbols = symbols;
        this.single = header(left).peCount() == 1;
    }

    /**
     * Compares two whole traces, each starting with its header.
     *
     * @param symbols names code addresses in differences
     */
    public static ComparisonResult compare(
            List<TranslationEvent> left, List<TranslationEvent> right, SymbolSource symbols) {
        BackendComparison comparison = new BackendComparison(left, right, symbols);
        comparison.run();
        return new ComparisonResult(
                header(left).backend(),
                header(right).backend(),
                comparison.registerWrites,
                comparison.tlbInvalidates,
                comparison.tables,
                comparison.differences);
    }

    private static TraceHeader header(List<TranslationEvent> events) {
        if (!events.isEmpty() && events.getFirst() instanceof TraceHeader header) {
            return header;
        }
        throw new IllegalArgumentException("a trace to compare must start with its header");
    }

    private void run() {
        if (!sameSetup()) {
            return;
        }
        long[] ends = ends();
        lastStep = steps(left, ends[0]);
        Map<Integer, List<KeyEvent>> leftKeys = keys(left, ends[0]);
        Map<Integer, List<KeyEvent>> rightKeys = keys(right, ends[1]);
        Map<Long, Point> leftPoints = new HashMap<>();
        Map<Long, Point> rightPoints = new HashMap<>();
        List<Point[]> pairs = new ArrayList<>();
        for (int pe = 0; pe < header(left).peCount(); pe++) {
            List<KeyEvent> ofLeft = leftKeys.getOrDefault(pe, List.of());
            List<KeyEvent> ofRight = rightKeys.getOrDefault(pe, List.of());
            if (!single) {
                compareSites(ofLeft, ofRight);
                privateSlots(ofLeft);
                privateSlots(ofRight);
                ofLeft = ordered(ofLeft);
                ofRight = ordered(ofRight);
            }
            for (Alignment.Pair pair : Alignment.of(ofLeft, ofRight)) {
                KeyEvent a = pair.left();
                KeyEvent b = pair.right();
                if (a == null || b == null || !a.text().equals(b.text())) {
                    report(a, b);
                } else {
                    count(a);
                    if (single || decisive(a.event())) {
                        pairs.add(new Point[] {point(leftPoints, a), point(rightPoints, b)});
                    }
                }
            }
        }
        Point leftEnd = new Point(null);
        Point rightEnd = new Point(null);
        takeMaps(left, ends[0], leftPoints, leftEnd);
        takeMaps(right, ends[1], rightPoints, rightEnd);
        for (Point[] pair : pairs) {
            compareTables(pair[0], pair[1]);
        }
        if (!single || !pairs.isEmpty()) {
            compareTables(leftEnd, rightEnd);
        }
    }

    private boolean sameSetup() {
        TraceHeader a = header(left);
        TraceHeader b = header(right);
        setup("architecture", a.architecture(), b.architecture());
        setup("number of PEs", a.peCount(), b.peCount());
        setup("RAM", a.ram(), b.ram());
        return differences.isEmpty();
    }

    private void setup(String what, Object a, Object b) {
        if (!a.equals(b)) {
            differences.add(
                    new BackendDifference(BackendDifference.Kind.SETUP, 0, 0, 0, what, a.toString(), b.toString()));
        }
    }

    /**
     * Sequence numbers up to which the traces are compared: the entry of the guest if both saw it, else the last complete console line both
     * have, else the ends of the traces.
     */
    private long[] ends() {
        long leftGuest = guestEntry(left);
        long rightGuest = guestEntry(right);
        if (leftGuest >= 0 && rightGuest >= 0) {
            return new long[] {leftGuest, rightGuest};
        }
        Map<String, Long> lines = new HashMap<>();
        for (TranslationEvent event : left) {
            if (event instanceof Marker marker && marker.kind() == Marker.Kind.CONSOLE_LINE) {
                lines.put(marker.text(), marker.sequence());
            }
        }
        for (TranslationEvent event : right.reversed()) {
            if (event instanceof Marker marker && marker.kind() == Marker.Kind.CONSOLE_LINE) {
                Long sequence = lines.get(marker.text());
                if (sequence != null && !marker.text().isBlank()) {
                    return new long[] {sequence, marker.sequence()};
                }
            }
        }
        return new long[] {Long.MAX_VALUE, Long.MAX_VALUE};
    }

    private static long guestEntry(List<TranslationEvent> events) {
        for (TranslationEvent event : events) {
            if (event instanceof PeState state
                    && state.change() == PeState.Change.EL_CHANGE
                    && (state.el() == ExceptionLevel.EL1 || state.el() == ExceptionLevel.EL0)) {
                return state.sequence();
            }
        }
        return -1;
    }

    private static Map<Integer, List<KeyEvent>> keys(List<TranslationEvent> events, long end) {
        Map<Integer, List<KeyEvent>> keys = new HashMap<>();
        long step = 0;
        for (TranslationEvent event : events) {
            if (event.sequence() > end) {
                break;
            }
            if (KeyEvent.compared(event)) {
                keys.computeIfAbsent(event.pe(), pe -> new ArrayList<>()).add(KeyEvent.of(event, step));
            }
            if (endsStep(event)) {
                step++;
            }
        }
        return keys;
    }

    private static long steps(List<TranslationEvent> events, long end) {
        return events.stream()
                .filter(event -> event.sequence() <= end && endsStep(event))
                .count();
    }

    private static boolean endsStep(TranslationEvent event) {
        return event instanceof RegisterWrite
                || event instanceof TlbInvalidate
                || event instanceof Barrier
                || event instanceof ContextSynchronization;
    }

    private static List<KeyEvent> ordered(List<KeyEvent> events) {
        return events.stream().filter(event -> !event.timingDependent()).toList();
    }

    private void compareSites(List<KeyEvent> ofLeft, List<KeyEvent> ofRight) {
        Map<String, KeyEvent> a = sites(ofLeft);
        Map<String, KeyEvent> b = sites(ofRight);
        Set<String> all = new HashSet<>(a.keySet());
        all.addAll(b.keySet());
        for (String site : all) {
            KeyEvent inLeft = a.get(site);
            KeyEvent inRight = b.get(site);
            if (inLeft == null || inRight == null) {
                report(inLeft, inRight);
            } else {
                tlbInvalidates++;
            }
        }
    }

    private void privateSlots(List<KeyEvent> events) {
        for (KeyEvent event : events) {
            if (event.timingDependent()) {
                privateSlots.add(event.slot());
            }
        }
    }

    /** Whether every address of the range lies in a slot in which some PE made private mappings. */
    private boolean isPrivate(AddressRange range) {
        long at = range.start();
        while (range.contains(at)) {
            long address = at;
            AddressRange slot = privateSlots.stream()
                    .filter(candidate -> candidate.contains(address))
                    .findFirst()
                    .orElse(null);
            if (slot == null) {
                return false;
            }
            at = slot.end();
        }
        return true;
    }

    private static Map<String, KeyEvent> sites(List<KeyEvent> events) {
        Map<String, KeyEvent> sites = new TreeMap<>();
        for (KeyEvent event : events) {
            if (event.timingDependent()) {
                sites.putIfAbsent(event.site(), event);
            }
        }
        return sites;
    }

    private void count(KeyEvent event) {
        if (event.event() instanceof RegisterWrite) {
            registerWrites++;
        } else if (event.event() instanceof TlbInvalidate) {
            tlbInvalidates++;
        }
    }

    /** Events at which the tables of several PEs are in a state that does not depend on timing. */
    private static boolean decisive(TranslationEvent event) {
        return switch (event) {
            case PeState state -> true;
            case RegisterWrite write -> isRoot(write.register()) || isControl(write.register());
            default -> false;
        };
    }

    private static boolean isRoot(TranslationRegister register) {
        return switch (register) {
            case TTBR0_EL2, TTBR1_EL2, HTTBR, VTTBR_EL2, VTTBR -> true;
            default -> false;
        };
    }

    private static boolean isControl(TranslationRegister register) {
        return register == TranslationRegister.SCTLR_EL2 || register == TranslationRegister.HSCTLR;
    }

    private void report(@Nullable KeyEvent a, @Nullable KeyEvent b) {
        KeyEvent named = a != null ? a : b;
        if (named == null || differences.size() == MAX_DIFFERENCES) {
            return;
        }
        differences.add(new BackendDifference(
                named.kind(),
                named.event().pe(),
                a != null ? a.step() : -1,
                named.event().pc(),
                symbol(named.event().pc()),
                a == null ? "nothing" : a.text(),
                b == null ? "nothing" : b.text()));
    }

    private String symbol(long pc) {
        CodeSymbol symbol = symbols.at(pc);
        return symbol == null ? "0x" + Long.toHexString(pc) : symbol.toString();
    }

    /** The translations at one event, filled in when its trace is replayed. */
    private static final class Point {
        private final @Nullable KeyEvent key;
        private final Map<String, AddressSpaceMap> maps = new TreeMap<>();

        private Point(@Nullable KeyEvent key) {
            this.key = key;
        }
    }

    private static Point point(Map<Long, Point> points, KeyEvent key) {
        Point point = new Point(key);
        points.put(key.event().sequence(), point);
        return point;
    }

    private static void takeMaps(List<TranslationEvent> events, long end, Map<Long, Point> points, Point last) {
        TableReplay replay = new TableReplay(header(events));
        for (TranslationEvent event : events) {
            if (event.sequence() > end) {
                break;
            }
            replay.apply(event);
            Point point = points.get(event.sequence());
            if (point != null) {
                take(replay, event.pe(), point);
            }
        }
        for (int pe = 0; pe < header(events).peCount(); pe++) {
            take(replay, pe, last);
        }
    }

    private static void take(TableReplay replay, int pe, Point point) {
        AddressSpaceMap stage1 = replay.hypervisorMap(pe);
        if (stage1 != null) {
            point.maps.put("PE %d hypervisor".formatted(pe), stage1);
        }
        AddressSpaceMap stage2 = replay.stage2Map(pe);
        if (stage2 != null) {
            point.maps.put("PE %d stage 2".formatted(pe), stage2);
        }
    }

    private static String text(@Nullable MappedRange range) {
        return range == null ? "not at all" : range.text();
    }

    private void compareTables(Point a, Point b) {
        for (Map.Entry<String, AddressSpaceMap> entry : a.maps.entrySet()) {
            AddressSpaceMap other = b.maps.get(entry.getKey());
            if (other == null) {
                continue;
            }
            tables++;
            if (entry.getValue().ranges().equals(other.ranges()) || differences.size() == MAX_DIFFERENCES) {
                continue;
            }
            MapDifference difference = entry.getValue().differenceTo(other);
            MapDifference.Difference first = difference.differences().stream()
                    .filter(one -> single || !isPrivate(one.input()))
                    .findFirst()
                    .orElse(null);
            if (first == null) {
                continue;
            }
            KeyEvent key = a.key;
            long pc = key == null ? 0 : key.event().pc();
            differences.add(new BackendDifference(
                    BackendDifference.Kind.TABLES,
                    key == null ? 0 : key.event().pe(),
                    key == null ? lastStep : key.step(),
                    pc,
                    key == null ? "end of the traces" : symbol(pc),
                    "%s maps %s: %s".formatted(entry.getKey(), first.input(), text(first.before())),
                    "%s maps %s: %s (%s)"
                            .formatted(entry.getKey(), first.input(), text(first.after()), difference.summary())));
        }
    }
}
