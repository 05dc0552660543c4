package org.stablevideo.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.EffectParameter.Kind;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import picocli.CommandLine;

/** The filter's yml, the Kdenlive effect, the preset schema and the options say what the table of parameters says. */
class OneTableTest {

    private static final Path ROOT = Path.of(System.getProperty("stablevideo.root"));
    private static final Set<String> ALL = Arrays.stream(EffectParameter.values()).map(EffectParameter::key).collect(Collectors.toSet());

    @Test
    void shouldAgreeWithTheFilter() throws IOException {
        Map<String, Map<?, ?>> filter = new LinkedHashMap<>();
        Map<?, ?> yml = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(ROOT.resolve("native-bridge/mlt/filter_stablevideo.yml")));
        assertEquals("stablevideo", yml.get("identifier"));
        for (Object entry : (List<?>) yml.get("parameters")) {
            Map<?, ?> parameter = (Map<?, ?>) entry;
            filter.put(parameter.get("identifier").toString(), parameter);
        }
        assertEquals(new TreeSet<>(ALL), new TreeSet<>(filter.keySet()));
        for (EffectParameter parameter : EffectParameter.values()) {
            Map<?, ?> shown = filter.get(parameter.key());
            assertEquals(parameter.defaultText(), shown.get("default").toString(), parameter.key());
            assertEquals(ymlType(parameter), shown.get("type"), parameter.key());
            assertEquals(parameter.help(), shown.get("description"), parameter.key());
            assertEquals(parameter.animated(), Boolean.TRUE.equals(shown.get("animation")), parameter.key());
            if (!parameter.choices().isEmpty()) {
                assertEquals(parameter.choices(), ((List<?>) shown.get("values")).stream().map(OneTableTest::yamlText).toList(), parameter.key());
            }
            if (!Double.isNaN(parameter.minimum())) {
                assertEquals(parameter.minimum(), ((Number) shown.get("minimum")).doubleValue(), parameter.key());
                assertEquals(parameter.maximum(), ((Number) shown.get("maximum")).doubleValue(), parameter.key());
            }
        }
    }

    @Test
    void shouldAgreeWithTheKdenliveEffect() throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Element effect = factory.newDocumentBuilder().parse(ROOT.resolve("packaging/kdenlive/stablevideo.xml").toFile()).getDocumentElement();
        assertEquals("stablevideo", effect.getAttribute("tag"));
        NodeList nodes = effect.getElementsByTagName("parameter");
        Set<String> seen = new TreeSet<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            Element shown = (Element) nodes.item(i);
            if (shown.getAttribute("type").equals("filterjob")) {
                continue;
            }
            EffectParameter parameter = EffectParameter.named(shown.getAttribute("name")).orElseThrow();
            seen.add(parameter.key());
            assertEquals(parameter.defaultText(), shown.getAttribute("default"), parameter.key());
            if (!Double.isNaN(parameter.minimum())) {
                assertEquals(parameter.minimum(), Double.parseDouble(shown.getAttribute("min")), parameter.key());
                assertEquals(parameter.maximum(), Double.parseDouble(shown.getAttribute("max")), parameter.key());
            }
            if (parameter.kind() == Kind.CHOICE) {
                assertEquals(String.join(";", parameter.choices()), shown.getAttribute("paramlist"), parameter.key());
            }
            String display = text(shown, "paramlistdisplay");
            if (!display.isEmpty()) {
                assertEquals(shown.getAttribute("paramlist").split(";").length, display.split(",").length, parameter.key() + " names its list");
            }
            assertEquals(parameter.animated(), shown.getAttribute("type").equals("animated"), parameter.key());
        }
        assertEquals(new TreeSet<>(ALL), seen);
    }

    @Test
    void shouldAgreeWithThePresetSchema() throws IOException {
        JsonObject schema = JsonParser.parseString(Files.readString(ROOT.resolve("presets/preset.schema.json"))).getAsJsonObject();
        JsonObject properties = schema.getAsJsonObject("properties");
        Set<String> fields = new TreeSet<>(properties.keySet());
        fields.removeAll(Set.of("$schema", "schema", "id", "title", "description"));
        assertEquals(
                Arrays.stream(EffectParameter.values()).filter(EffectParameter::presettable).map(EffectParameter::key).collect(
                        Collectors.toCollection(TreeSet::new)),
                fields);
        for (String field : fields) {
            EffectParameter parameter = EffectParameter.named(field).orElseThrow();
            JsonObject shown = properties.getAsJsonObject(field);
            assertEquals(parameter.help(), shown.get("description").getAsString(), field);
            assertEquals(parameter.defaultText(), shown.get("default").getAsString(), field);
            if (!Double.isNaN(parameter.minimum())) {
                assertEquals(parameter.minimum(), shown.get("minimum").getAsDouble(), field);
                assertEquals(parameter.maximum(), shown.get("maximum").getAsDouble(), field);
                assertEquals(parameter.kind() == Kind.INTEGER ? "integer" : "number", shown.get("type").getAsString(), field);
            }
            if (parameter.kind() == Kind.CHOICE) {
                assertEquals(
                        parameter.choices(),
                        StreamSupport.stream(shown.getAsJsonArray("enum").spliterator(), false).map(JsonElement::getAsString).toList(),
                        field);
            }
        }
    }

    @Test
    void shouldAgreeWithTheShotcutPanel() throws IOException {
        String script = Files.readString(ROOT.resolve("packaging/shotcut/stablevideo/parameters.js"));
        String table = script.substring(script.indexOf("var table = ") + 12, script.indexOf("\n];") + 2);
        Set<String> seen = new TreeSet<>(Set.of(EffectParameter.RESULTS.key()));
        for (JsonElement row : JsonParser.parseString(table).getAsJsonArray()) {
            JsonObject shown = row.getAsJsonObject();
            EffectParameter parameter = EffectParameter.named(shown.get("key").getAsString()).orElseThrow();
            String key = parameter.key();
            assertTrue(seen.add(key), key + " is there once");
            assertEquals(parameter.kind() == Kind.FRAMES ? "text" : parameter.kind().name().toLowerCase(Locale.ROOT), shown.get("kind").getAsString(), key);
            assertEquals(parameter.defaultText(), shown.get("value").getAsString(), key);
            assertEquals(parameter.animated(), shown.has("animated"), key);
            assertEquals(!Double.isNaN(parameter.minimum()), shown.has("minimum"), key);
            if (!Double.isNaN(parameter.minimum())) {
                assertEquals(parameter.minimum(), shown.get("minimum").getAsDouble(), key);
                assertEquals(parameter.maximum(), shown.get("maximum").getAsDouble(), key);
            }
            if (parameter.kind() == Kind.CHOICE) {
                assertEquals(parameter.choices(), shown.getAsJsonArray("choices").asList().stream().map(JsonElement::getAsString).toList(), key);
                assertEquals(parameter.choices().size(), shown.getAsJsonArray("titles").size(), key + " names its choices");
            }
            assertTrue(!shown.get("title").getAsString().isEmpty() && !shown.get("help").getAsString().isEmpty(), key);
        }
        assertEquals(new TreeSet<>(ALL), seen);
        String apart = script.substring(script.indexOf("var apart = ") + 12);
        Set<String> kept = Arrays.stream(EffectParameter.values()).filter(one -> !one.presettable()).map(EffectParameter::key).collect(Collectors.toSet());
        kept.remove(EffectParameter.RESULTS.key());
        assertEquals(kept, JsonParser.parseString(apart.substring(0, apart.indexOf(';'))).getAsJsonArray().asList().stream().map(JsonElement::getAsString)
                .collect(Collectors.toSet()), "what Shotcut's presets leave out");
    }

    @Test
    void shouldAgreeWithTheOptions() {
        CommandLine render = Main.commandLine().getSubcommands().get("render");
        for (EffectParameter parameter : EffectParameter.values()) {
            boolean there = render.getCommandSpec().findOption("--" + parameter.key()) != null;
            assertEquals(parameter != EffectParameter.WAIT && parameter != EffectParameter.RESULTS, there, parameter.key());
        }
        assertTrue(Main.commandLine().getSubcommands().containsKey("doctor"));
    }

    private static String ymlType(EffectParameter parameter) {
        return switch (parameter.kind()) {
            case TEXT, CHOICE, FRAMES -> "string";
            case INTEGER -> "integer";
            case NUMBER -> "float";
        };
    }

    /** YAML 1.1 reads a bare yes and no as truth values; MLT reads them as text. */
    private static String yamlText(Object value) {
        return value instanceof Boolean truth ? (truth ? "yes" : "no") : value.toString();
    }

    private static String text(Element element, String tag) {
        NodeList nodes = element.getElementsByTagName(tag);
        return nodes.getLength() == 0 ? "" : nodes.item(0).getTextContent();
    }
}
