package dev.breakmake.engine.symbol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.breakmake.engine.platform.Tools;
import dev.breakmake.testkit.Programs;
import dev.breakmake.translation.event.AddressRange;
import dev.breakmake.translation.finding.SymbolSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SymbolTableTest {

    private static final String MAP = """
            0x200000 T _start
            0x200000 T start
            0x200000 t .text
            0x200040 t page_alloc.c#free_heap_pages
            0x200080 D data
            0x200100 T last
            """;

    @TempDir
    Path folder;

    private static SymbolTable table(String map) throws SymbolFileException {
        return SymbolTable.read(map.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String name(SymbolTable table, long pc) {
        return Optional.ofNullable(table.at(pc)).map(Object::toString).orElse("-");
    }

    @Test
    void namesAddressesFromAMap() throws SymbolFileException {
        SymbolTable table = table(MAP);
        assertThat(name(table, 0x200000)).isEqualTo("start");
        assertThat(name(table, 0x20003c)).isEqualTo("start+0x3c");
        assertThat(name(table, 0x200044)).isEqualTo("page_alloc.c#free_heap_pages+0x4");
        assertThat(name(table, 0x200084)).as("data ends the function before it").isEqualTo("-");
        assertThat(name(table, 0x1fffff)).isEqualTo("-");
        assertThat(name(table, 0x200100 + 4096)).isEqualTo("-");
    }

    @Test
    void findsAddressesByNameAndLocalSymbolsByTheirPlainName() throws SymbolFileException {
        SymbolTable table = table(MAP + "0x300000 t a.c#twice\n0x300004 t b.c#twice\n");
        assertThat(table.address("data")).hasValue(0x200080);
        assertThat(table.address("free_heap_pages")).hasValue(0x200040);
        assertThat(table.address("twice")).as("ambiguous").isEmpty();
        assertThat(table.address("nothing")).isEmpty();
    }

    @Test
    void answersForThePhysicalRangeBeforeTheMmuIsOn() throws SymbolFileException {
        SymbolTable table = table(MAP).withAlias(new AddressRange(0x4020_0000L, 0x4020_1000L), 0x200000);
        assertThat(name(table, 0x4020_0044L)).isEqualTo("page_alloc.c#free_heap_pages+0x4");
        assertThat(name(table, 0x200044)).isEqualTo("page_alloc.c#free_heap_pages+0x4");
        assertThat(name(table, 0x4020_2000L)).isEqualTo("-");
    }

    @Test
    void partsOfTheImageLieBetweenTheirBorders() throws SymbolFileException {
        SymbolTable table = table("""
                0x204000 T _stext
                0x200000 T _stext
                0x208000 T _etext
                0x300000 t a.c#_stext
                0x210000 D __bss_start
                0x210800 D __bss_end_of_something_else
                0x211000 D __bss_end
                0x220000 D _srodata
                """);
        assertThat(table.sections()).extracting(SymbolSource.Section::name).containsExactly(".text", ".bss");
        assertThat(table.section(0x207fff)).isEqualTo(".text");
        assertThat(table.section(0x210ff8)).isEqualTo(".bss");
        assertThat(table.section(0x208000)).isNull();
        SymbolTable loaded = table.withAlias(new AddressRange(0x4000_0000L, 0x4000_9000L), 0x200000);
        assertThat(loaded.section(0x4000_7fffL)).isEqualTo(".text");
        assertThat(loaded.section(0x200000)).isEqualTo(".text");
    }

    @Test
    void ofTwoSymbolsWithOneNameTheLowerAddressCounts() throws SymbolFileException {
        assertThat(table("0x300000 T twice\n0x200000 T twice\n").address("twice"))
                .hasValue(0x200000);
    }

    @Test
    void mapErrorsNameTheLine() {
        assertThatThrownBy(() -> table("0x200000 T a\nnonsense\n"))
                .hasMessage("line 2: 'nonsense' is not 'address type name'");
        assertThatThrownBy(() -> table("0xzz T a\n")).hasMessageContaining("line 1: '0xzz' is no hexadecimal address");
    }

    @Test
    void anEmptyFileIsATableWithoutSymbols() throws SymbolFileException {
        assertThat(table("").size()).isZero();
        assertThat(SymbolTable.EMPTY.at(0)).isNull();
    }

    /** gcc-aarch64-linux-gnu for aarch64-linux-gnu-gcc, binutils-aarch64-linux-gnu for the other programs of the tool chain. */
    private static String debianPackage(String program) {
        int dash = program.lastIndexOf('-');
        return (program.endsWith("-gcc") ? "gcc-" : "binutils-") + program.substring(0, dash);
    }

    @ParameterizedTest
    @CsvSource({
        "aarch64-linux-gnu-gcc,aarch64-linux-gnu-addr2line,-gdwarf-4",
        "aarch64-linux-gnu-gcc,aarch64-linux-gnu-addr2line,-gdwarf-5",
        "aarch64-linux-gnu-gcc,aarch64-linux-gnu-addr2line,-gz",
        "arm-linux-gnueabihf-gcc,arm-linux-gnueabihf-addr2line,-gdwarf-5",
    })
    void namesAndLinesAgreeWithAddr2line(String compiler, String addr2line, String debug) throws Exception {
        Programs.require(compiler, debianPackage(compiler));
        Programs.require(addr2line, debianPackage(addr2line));
        Files.createDirectory(folder.resolve("sub"));
        Files.writeString(
                folder.resolve("sub/inline.h"), "static inline int twice(int x)\n{\n  return x * 2 + 1;\n}\n");
        Files.writeString(folder.resolve("code.c"), """
                #include "sub/inline.h"
                static int __attribute__((noinline)) helper(int a)
                {
                  int sum = 0;
                  for (int i = 0; i < a; i++)
                    sum += twice(i);
                  return sum;
                }

                int _start(int n)
                {
                  if (n > 3)
                    return helper(n);
                  return helper(n + 1) ^ 5;
                }
                """);
        Path elf = folder.resolve("code.elf");
        String arm = compiler.startsWith("arm") ? "-marm" : "-mgeneral-regs-only";
        Process build = new ProcessBuilder(
                        compiler,
                        "-g",
                        debug,
                        arm,
                        "-O2",
                        "-nostdlib",
                        "-static",
                        "-Wl,-Ttext=0x200000",
                        "-Wl,--build-id=none",
                        "-o",
                        "code.elf",
                        "code.c")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(build.getInputStream().readAllBytes()).asString().doesNotContain("error");
        assertThat(build.waitFor()).isZero();

        SymbolTable table = SymbolTable.read(Files.readAllBytes(elf));
        assertThat(table.address("helper"))
                .as("qualified by its file, found without")
                .isPresent();
        List<String> addresses = new ArrayList<>();
        long start = table.lowestCode().orElseThrow();
        long end = start;
        while (table.at(end) != null) {
            addresses.add("0x" + Long.toHexString(end));
            end += 4;
        }
        assertThat(addresses).hasSizeGreaterThan(10);
        List<String> command = new ArrayList<>(List.of(addr2line, "-e", elf.toString()));
        command.addAll(addresses);
        List<String> expected =
                Tools.run(command.toArray(String[]::new)).lines().toList();
        int lines = 0;
        for (int i = 0; i < addresses.size(); i++) {
            var symbol = Optional.ofNullable(table.at(start + 4L * i)).orElseThrow();
            String plain = expected.get(i).replaceAll(" \\(discriminator.*", "");
            if (plain.endsWith(":?")) {
                continue;
            }
            lines++;
            String source = Optional.ofNullable(symbol.source()).orElse("-");
            assertThat(plain).as("at %s", addresses.get(i)).endsWith("/" + source);
        }
        assertThat(lines).isGreaterThan(10);
        assertThat(name(table, table.address("helper").getAsLong())).isEqualTo("code.c#helper");
    }

    @Test
    void aStrippedElfHasNoSymbolsAndNoError() throws Exception {
        Programs.require("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu");
        Path source = Files.writeString(folder.resolve("e.c"), "int _start(void) { return 3; }\n");
        Path elf = folder.resolve("e.elf");
        Tools.run("aarch64-linux-gnu-gcc", "-s", "-nostdlib", "-static", "-o", elf.toString(), source.toString());
        assertThat(SymbolTable.read(Files.readAllBytes(elf)).size()).isZero();
    }

    @Test
    void damagedFilesGiveOneClearErrorAndNeverMore() throws Exception {
        Programs.require("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu");
        Path source = Files.writeString(folder.resolve("d.c"), "int _start(int x)\n{\n  return x + 3;\n}\n");
        Path elf = folder.resolve("d.elf");
        Tools.run(
                "aarch64-linux-gnu-gcc",
                "-g",
                "-nostdlib",
                "-static",
                "-Wl,-z,max-page-size=4096",
                "-o",
                elf.toString(),
                source.toString());
        byte[] whole = Files.readAllBytes(elf);
        long seed = 517;
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 3000; round++) {
            byte[] damaged = whole.clone();
            for (int hits = 1 + random.nextInt(20); hits > 0; hits--) {
                damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
            }
            try {
                SymbolTable.read(damaged).at(random.nextLong());
            } catch (SymbolFileException e) {
                refused++;
                assertThat(e.getMessage()).containsAnyOf("offset", "unit at");
            }
        }
        assertThat(refused).as("seed %d", seed).isGreaterThan(50);
    }
}
