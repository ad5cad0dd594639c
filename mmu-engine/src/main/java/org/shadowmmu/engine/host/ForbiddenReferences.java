package org.shadowmmu.engine.host;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a class file names that no policy may use: ending the program, other processes, threads, the standard streams.
 *
 * <p>A guard against accidents, not against malice: it reads the constant pool and changes nothing, so reflection gets past
 * it. A policy is code that its user chose to run, with all the rights of the lab.
 */
final class ForbiddenReferences {
    private static final String ANY = "*";

    /** Members by class; {@code *} for the class as such: making one, extending it, calling anything of it. */
    private static final Map<String, Set<String>> FORBIDDEN = Map.ofEntries(
            Map.entry(
                    "java/lang/System",
                    Set.of(
                            "exit",
                            "out",
                            "err",
                            "in",
                            "setOut",
                            "setErr",
                            "setIn",
                            "load",
                            "loadLibrary",
                            "setProperty",
                            "setProperties",
                            "clearProperty")),
            Map.entry(
                    "java/lang/Runtime",
                    Set.of("exit", "halt", "exec", "addShutdownHook", "removeShutdownHook", "load", "loadLibrary")),
            Map.entry(
                    "java/lang/Thread",
                    Set.of(
                            "<init>",
                            "start",
                            "interrupt",
                            "stop",
                            "suspend",
                            "ofVirtual",
                            "ofPlatform",
                            "startVirtualThread",
                            "setDefaultUncaughtExceptionHandler")),
            Map.entry("java/lang/ThreadGroup", Set.of("interrupt", "stop")),
            Map.entry("java/lang/ProcessBuilder", Set.of(ANY)),
            Map.entry("java/util/Timer", Set.of(ANY)),
            Map.entry("java/util/concurrent/Executors", Set.of(ANY)),
            Map.entry("java/util/concurrent/ThreadPoolExecutor", Set.of(ANY)),
            Map.entry("java/util/concurrent/ScheduledThreadPoolExecutor", Set.of(ANY)),
            Map.entry("java/util/concurrent/ForkJoinPool", Set.of(ANY)),
            Map.entry(
                    "java/util/concurrent/CompletableFuture",
                    Set.of("supplyAsync", "runAsync", "thenApplyAsync", "thenAcceptAsync", "thenRunAsync")),
            Map.entry("java/util/Collection", Set.of("parallelStream")),
            Map.entry("java/util/List", Set.of("parallelStream")),
            Map.entry("java/util/Set", Set.of("parallelStream")),
            Map.entry("java/util/ArrayList", Set.of("parallelStream")),
            Map.entry("sun/misc/Unsafe", Set.of(ANY)));

    private static final Set<String> CLOCKS_AND_DICE = Set.of(
            "java/lang/System.nanoTime",
            "java/lang/System.currentTimeMillis",
            "java/lang/System.identityHashCode",
            "java/lang/Math.random",
            "java/time/Instant.now",
            "java/time/LocalDateTime.now",
            "java/util/UUID.randomUUID",
            "java/util/Random.<init>",
            "java/util/SplittableRandom.<init>",
            "java/security/SecureRandom.<init>",
            "java/util/concurrent/ThreadLocalRandom.current");

    private ForbiddenReferences() {}

    /** The first thing a class file names that is forbidden, for instance {@code java.lang.System.exit}; null if none. */
    static @Nullable String first(byte[] classFile) throws IOException {
        for (String reference : references(classFile)) {
            int dot = reference.indexOf('.');
            Set<String> members = FORBIDDEN.get(dot < 0 ? reference : reference.substring(0, dot));
            if (members != null
                    && (members.contains(ANY) || dot >= 0 && members.contains(reference.substring(dot + 1)))) {
                return readable(
                        members.contains(ANY) ? reference.substring(0, dot < 0 ? reference.length() : dot) : reference);
            }
        }
        return null;
    }

    /** What a class file names that makes results differ from run to run: clocks, and chance that the context does not give. */
    static List<String> clocksAndDice(byte[] classFile) throws IOException {
        return references(classFile).stream()
                .filter(CLOCKS_AND_DICE::contains)
                .map(ForbiddenReferences::readable)
                .toList();
    }

    private static String readable(String reference) {
        return reference.endsWith(".<init>")
                ? "new "
                        + reference
                                .substring(0, reference.length() - ".<init>".length())
                                .replace('/', '.')
                : reference.replace('/', '.');
    }

    /** Everything in the constant pool: classes as {@code a/B}, members as {@code a/B.name}, in the order of the pool. */
    private static List<String> references(byte[] classFile) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
        in.skipNBytes(8);
        int count = in.readUnsignedShort();
        String[] texts = new String[count];
        int[] first = new int[count];
        int[] second = new int[count];
        int[] tags = new int[count];
        for (int i = 1; i < count; i++) {
            tags[i] = in.readUnsignedByte();
            switch (tags[i]) {
                case 1 -> texts[i] = in.readUTF();
                case 3, 4 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++;
                }
                case 7, 8, 16, 19, 20 -> first[i] = in.readUnsignedShort();
                case 9, 10, 11, 12, 17, 18 -> {
                    first[i] = in.readUnsignedShort();
                    second[i] = in.readUnsignedShort();
                }
                case 15 -> in.skipNBytes(3);
                default -> throw new IOException("a constant of the unknown kind " + tags[i]);
            }
        }
        List<String> found = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            if (tags[i] == 7) {
                found.add(texts[first[i]]);
            } else if (tags[i] >= 9 && tags[i] <= 11) {
                found.add(texts[first[first[i]]] + "." + texts[first[second[i]]]);
            }
        }
        return found;
    }
}
