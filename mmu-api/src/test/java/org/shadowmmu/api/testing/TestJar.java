package org.shadowmmu.api.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Compiles sources and packs them into a real jar. */
public final class TestJar {
    private final Map<String, String> sources = new TreeMap<>();
    private final List<String> unpacked = new ArrayList<>();
    private final List<String> providers = new ArrayList<>();
    private final Manifest manifest = new Manifest();
    private int classFileVersion;
    private boolean servicesEntry = true;

    public TestJar() {
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    }

    /** A jar with one policy that takes the reclaim order; the members go into its policy class. */
    public static TestJar reclaiming(String id, String members) {
        return new TestJar()
                .provider("test.Provider", """
                        return PolicyDescriptor.of("%s", "for a test", ApiVersion.COMPILED).decides(Decision.RECLAIM_ORDER).build();""".formatted(id), "return new TestPolicy(context);")
                .source("test.TestPolicy", """
                        package test;
                        import org.shadowmmu.api.*;
                        class TestPolicy implements MmuPolicy, ReclaimOrder {
                            final PolicyContext context;
                            final PageQueue pages;
                            TestPolicy(PolicyContext context) {
                                this.context = context;
                                pages = context.newQueue();
                            }
                            %s
                        }
                        """.formatted(members));
    }

    /** A jar with one well-behaved policy: the oldest page goes first. */
    public static TestJar good(String id) {
        return reclaiming(id, """
                @Override public void pageCreated(ShadowPageView page) { pages.addYoungest(page); }
                @Override public ShadowPageView nextVictim() { return pages.oldestVictim(); }
                """);
    }

    /** Adds a provider class and names it in the services entry. */
    public TestJar provider(String className, String descriptorBody, String createBody) {
        int dot = className.lastIndexOf('.');
        return source(className, """
                        package %s;
                        import org.shadowmmu.api.*;
                        public class %s implements PolicyProvider {
                            public PolicyDescriptor descriptor() { %s }
                            public MmuPolicy create(PolicyContext context) { %s }
                        }
                        """.formatted(
                                className.substring(0, dot), className.substring(dot + 1), descriptorBody, createBody))
                .provides(className);
    }

    public TestJar source(String className, String source) {
        sources.put(className, source);
        return this;
    }

    /** Compiles a class so that others see it, but does not pack it. */
    public TestJar unpacked(String className, String source) {
        unpacked.add(className.replace('.', '/') + ".class");
        return source(className, source);
    }

    public TestJar provides(String className) {
        providers.add(className);
        return this;
    }

    public TestJar withoutServicesEntry() {
        servicesEntry = false;
        return this;
    }

    public TestJar classFileVersion(int major) {
        classFileVersion = major;
        return this;
    }

    public TestJar attribute(Attributes.Name name, String value) {
        manifest.getMainAttributes().put(name, value);
        return this;
    }

    /** Compiles, packs, and answers the jar. */
    public Path write(Path directory, String fileName) {
        Path file = directory.resolve(fileName);
        try {
            Map<String, byte[]> classes = compile();
            try (OutputStream out = Files.newOutputStream(file);
                    JarOutputStream jar = new JarOutputStream(out, manifest)) {
                if (servicesEntry) {
                    put(
                            jar,
                            "META-INF/services/org.shadowmmu.api.PolicyProvider",
                            servicesText().getBytes(StandardCharsets.UTF_8));
                }
                for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
                    if (!unpacked.contains(entry.getKey())) {
                        put(jar, entry.getKey(), entry.getValue());
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    private String servicesText() {
        return "# providers of this test\n\n" + String.join(" # one per line\n", providers) + "\n";
    }

    private static void put(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new ZipEntry(name));
        jar.write(content);
        jar.closeEntry();
    }

    private Map<String, byte[]> compile() throws IOException {
        if (sources.isEmpty()) {
            return Map.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
                Output output = new Output(standard)) {
            List<Source> units = new ArrayList<>();
            sources.forEach((name, text) -> units.add(new Source(name, text)));
            boolean compiled = compiler.getTask(
                            messages, output, null, List.of("--release", "17", "-proc:none"), null, units)
                    .call();
            assertThat(compiled).as(messages.toString()).isTrue();
            Map<String, byte[]> classes = new TreeMap<>();
            output.classes.forEach((name, bytes) -> classes.put(name, versioned(bytes.toByteArray())));
            return classes;
        }
    }

    private byte[] versioned(byte[] classFile) {
        if (classFileVersion != 0) {
            classFile[6] = (byte) (classFileVersion >> 8);
            classFile[7] = (byte) classFileVersion;
        }
        return classFile;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class Output extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> classes = new TreeMap<>();

        Output(JavaFileManager manager) {
            super(manager);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, javax.tools.FileObject sibling) {
            String path = className.replace('.', '/') + ".class";
            return new SimpleJavaFileObject(URI.create("mem:///" + path), kind) {
                @Override
                public OutputStream openOutputStream() {
                    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                    classes.put(path, bytes);
                    return bytes;
                }
            };
        }
    }
}
