package org.stablevideo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.stablevideo.problem.Problem;

/** What holds for the source as text: who imports whom, the form of files, and that every problem is explained to users. */
class SourceTreeTest {

    private static final Path ROOT = Path.of(System.getProperty("stablevideo.root"));
    private static final Path MAIN = ROOT.resolve("plugin/src/main/java/org/stablevideo");
    private static final int LONGEST_LINE = 180;

    /** Imports point down this list only. */
    private static final List<String> ORDER = List.of(
            "cli", "host", "job", "pipeline", "measure", "edit", "render", "atlas", "motion", "diffusion", "model", "tensor", "clip", "cache",
            "preset", "space", "frame", "progress", "problem");

    private static final Pattern OURS = Pattern.compile("\\borg\\.stablevideo\\.([a-z]+)\\.[A-Za-z]");
    private static final Pattern LOCAL_COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");

    @Test
    void shouldImportDownwardsOnly() throws IOException {
        List<String> upward = new ArrayList<>();
        for (Path file : files(MAIN, ".java")) {
            Path below = MAIN.relativize(file);
            if (below.getNameCount() < 2) {
                continue;
            }
            String from = below.getName(0).toString();
            assertTrue(ORDER.contains(from), "package " + from + " has no place in the order of packages");
            Matcher used = OURS.matcher(LOCAL_COMMENT.matcher(Files.readString(file)).replaceAll(""));
            while (used.find()) {
                if (ORDER.indexOf(used.group(1)) < ORDER.indexOf(from)) {
                    upward.add(below + " uses " + used.group(1));
                }
            }
        }
        assertEquals(List.of(), upward);
    }

    @Test
    void shouldKeepEnginesWhereTheyBelong() throws IOException {
        List<String> strays = new ArrayList<>();
        for (Path file : files(MAIN, ".java")) {
            String from = MAIN.relativize(file).getName(0).toString();
            String text = Files.readString(file);
            if (text.contains("import ai.djl.") && !Set.of("tensor", "model", "diffusion", "atlas", "edit").contains(from)) {
                strays.add(file + " sees DJL");
            }
            if (text.contains("import org.opencv.") && !Set.of("clip", "motion", "render", "edit").contains(from)) {
                strays.add(file + " sees OpenCV");
            }
            if (Set.of("space", "frame", "preset", "problem", "progress").contains(from)
                    && Pattern.compile("(?m)^import (static )?(?!java\\.|org\\.stablevideo\\.|com\\.google\\.gson\\.)").matcher(text).find()) {
                strays.add(file + " sees more than the JDK and Gson");
            }
        }
        assertEquals(List.of(), strays);
    }

    @Test
    void shouldBeFormatted() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Path file : sources()) {
            String text = Files.readString(file);
            String name = ROOT.relativize(file).toString();
            if (!text.endsWith("\n") || text.endsWith("\n\n")) {
                wrong.add(name + ": ends with one line feed");
            }
            if (text.contains("\r")) {
                wrong.add(name + ": line ends are line feeds");
            }
            List<String> lines = text.lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                String line = lines.get(i);
                if (line.indexOf('\t') >= 0 || line.endsWith(" ") || name.endsWith(".java") && line.codePointCount(0, line.length()) > LONGEST_LINE) {
                    wrong.add(name + ":" + (i + 1) + ": no tabs, no trailing blanks, at most " + LONGEST_LINE + " columns");
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void shouldSortImports() throws IOException {
        for (Path file : sources()) {
            if (file.toString().endsWith(".java")) {
                for (String kind : List.of("import static ", "import ")) {
                    List<String> imports = Files.readString(file).lines()
                            .filter(line -> line.startsWith(kind) && line.startsWith("import static ") == kind.startsWith("import static "))
                            .map(line -> line.replace(";", ""))
                            .toList();
                    assertEquals(List.copyOf(new TreeSet<>(imports)), imports, ROOT.relativize(file) + " sorts its imports, each once");
                }
            }
        }
    }

    @Test
    void shouldSayWhatEveryPackageIsFor() throws IOException {
        Set<Path> packages = files(MAIN, ".java").stream().map(Path::getParent).collect(Collectors.toSet());
        for (Path folder : packages) {
            assertTrue(Files.exists(folder.resolve("package-info.java")), folder + " has a package-info.java");
        }
    }

    @Test
    void shouldExplainEveryProblemInTheReadme() throws ReflectiveOperationException, IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String section = readme.substring(readme.indexOf("## When it fails"));
        for (Class<?> variant : Problem.class.getPermittedSubclasses()) {
            Problem problem = (Problem) variant.getConstructor(String.class, String.class).newInstance("What happened.", "What to do.");
            assertTrue(problem.code().matches("[a-z]+(-[a-z]+)*"), problem.code());
            assertTrue(section.contains("### " + problem.code() + "\n"), "README explains " + problem.code());
        }
    }

    private static List<Path> sources() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String folder : List.of("plugin/src", "native-bridge", "presets", "packaging", ".ci")) {
            for (String ending : List.of(".java", ".c", ".h", ".json", ".xml", ".yml", ".sh", ".md", ".ts", ".py", "CMakeLists.txt", "/run")) {
                all.addAll(files(ROOT.resolve(folder), ending));
            }
        }
        all.add(ROOT.resolve("README.md"));
        all.add(ROOT.resolve("pom.xml"));
        return all;
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !ROOT.relativize(file).toString().matches("(.*/)?(target|src/test/resources|pocket)/.*"))
                    .sorted()
                    .toList();
        }
    }
}
