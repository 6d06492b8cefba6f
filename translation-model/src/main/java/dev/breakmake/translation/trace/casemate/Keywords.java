package dev.breakmake.translation.trace.casemate;

import dev.breakmake.translation.event.Barrier.AccessTypes;
import dev.breakmake.translation.event.PageRole.Role;
import dev.breakmake.translation.event.Shareability;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A small set of words with their meaning, looked up by bytes. */
final class Keywords<T> {
    private final List<byte[]> words = new ArrayList<>();
    private final List<T> meanings = new ArrayList<>();
    /** Where the last word was; shared by readers, any value will do. */
    private int found;

    /** A TLBI with its shareability. */
    record Tlbi(TlbOperation operation, Shareability shareability, boolean operand) {}

    /** A DSB. */
    record Dsb(Shareability domain, AccessTypes types) {}

    static byte[] bytes(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    private Keywords<T> with(String word, T meaning) {
        words.add(bytes(word));
        meanings.add(meaning);
        return this;
    }

    /** The meaning of the token read last, or null. */
    @Nullable
    T find(Scanner in) {
        // The same word often comes again.
        if (in.is(words.get(found))) {
            return meanings.get(found);
        }
        for (int i = 0; i < words.size(); i++) {
            if (in.is(words.get(i))) {
                found = i;
                return meanings.get(i);
            }
        }
        return null;
    }

    /** The words for error messages. */
    String list() {
        return String.join(
                ", ",
                words.stream()
                        .map(word -> new String(word, StandardCharsets.US_ASCII))
                        .toList());
    }

    /** The operations the peer knows, and every other A64 one by the same scheme. */
    static Keywords<Tlbi> tlbis() {
        Keywords<Tlbi> result = new Keywords<>();
        for (TlbOperation operation : TlbOperation.values()) {
            if (operation.compareTo(TlbOperation.TLBIALL) >= 0) {
                break;
            }
            String name = operation.name().toLowerCase(Locale.ROOT);
            boolean operand = !name.contains("all") && !name.startsWith("vm");
            result.with(name, new Tlbi(operation, Shareability.NSH, operand))
                    .with(name + "is", new Tlbi(operation, Shareability.ISH, operand))
                    .with(name + "os", new Tlbi(operation, Shareability.OSH, operand));
        }
        return result;
    }

    static Keywords<Dsb> dsbs() {
        Keywords<Dsb> result = new Keywords<>();
        for (Shareability domain : Shareability.values()) {
            String name = domain == Shareability.SY ? "sy" : domain.name().toLowerCase(Locale.ROOT);
            result.with(name, new Dsb(domain, AccessTypes.ALL))
                    .with(domain == Shareability.SY ? "st" : name + "st", new Dsb(domain, AccessTypes.ST))
                    .with(domain == Shareability.SY ? "ld" : name + "ld", new Dsb(domain, AccessTypes.LD));
        }
        return result;
    }

    static Keywords<TranslationRegister> registers() {
        Keywords<TranslationRegister> result = new Keywords<>();
        for (TranslationRegister register : TranslationRegister.values()) {
            if (register.name().endsWith("_EL1") || register.name().endsWith("_EL2")) {
                result.with(register.name().toLowerCase(Locale.ROOT), register);
            }
        }
        return result;
    }

    static Keywords<Role> hints() {
        return new Keywords<Role>()
                .with("set_root_lock", Role.ROOT_LOCK)
                .with("set_owner_root", Role.OWNER_ROOT)
                .with("release_table", Role.TABLE_RELEASED)
                .with("set_pte_thread_owner", Role.ENTRY_OWNER);
    }
}
