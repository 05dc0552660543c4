package org.stablevideo.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.stablevideo.clip.ClipIdentity;
import org.stablevideo.edit.EditRequest;
import org.stablevideo.pipeline.EffectRequest;
import org.stablevideo.preset.EffectParameter;
import org.stablevideo.preset.PresetLibrary;
import org.stablevideo.problem.ClipUnreadable;
import org.stablevideo.problem.ProblemException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** The edits that a project of the host (of Kdenlive, or any MLT XML) shows, read from its file: on clips, on their uses in a timeline, on tracks. */
public final class ProjectEdits {

    private static final Set<String> SOURCES = Set.of("producer", "chain");
    private static final int DEEPEST = 8;

    /**
     * One of them.
     *
     * @param clip the part of a clip that was analysed
     * @param request what was asked for
     * @param mask path of a matte, or empty
     * @param preset id of the preset that the project names, or empty
     */
    public record Shown(ClipIdentity clip, EditRequest request, String mask, String preset) {}

    private final PresetLibrary presets;
    private final ClipProbe probe = new ClipProbe(UserFolders.cache());
    private final Set<Shown> found = new LinkedHashSet<>();

    private ProjectEdits(PresetLibrary presets) {
        this.presets = presets;
    }

    /**
     * Reads a project, and the projects that it uses as clips.
     *
     * @param presets where presets that it names are looked up
     * @return each edit once
     * @throws ProblemException when the project or one of its edited clips cannot be read, or a preset is unknown
     */
    public static List<Shown> of(Path project, PresetLibrary presets) {
        ProjectEdits edits = new ProjectEdits(presets);
        edits.read(project.toAbsolutePath().normalize(), DEEPEST);
        return new ArrayList<>(edits.found);
    }

    private void read(Path project, int depth) {
        Document document;
        try {
            document = MltXml.parse(Files.readAllBytes(project));
        } catch (IOException | SAXException e) {
            throw new ProblemException(
                    new ClipUnreadable("The project " + project + " cannot be read (" + e.getMessage() + ").", "Give a file that Kdenlive or melt saved."), e);
        }
        File file = new File(project, document);
        for (Element filter : elements(document, "filter")) {
            Map<String, String> properties = MltXml.properties(filter);
            if ("stablevideo".equals(properties.get("mlt_service")) && !"1".equals(properties.get("disable"))) {
                file.uses((Element) filter.getParentNode()).forEach(use -> add(use, properties));
            }
        }
        for (String nested : depth == 0 ? Set.<String>of() : file.projects()) {
            read(Path.of(nested), depth - 1);
        }
    }

    private void add(Map<String, String> use, Map<String, String> filter) {
        Map<String, String> values = new HashMap<>(use);
        for (EffectParameter parameter : EffectParameter.values()) {
            boolean decidesPixels = parameter != EffectParameter.MIX && parameter != EffectParameter.LIGHT && parameter != EffectParameter.DETAIL;
            String text = filter.getOrDefault(parameter.key(), "");
            if (decidesPixels && !text.isEmpty()) {
                values.put(parameter.key(), text);
            }
        }
        HostFrame host = new HostFrame(values);
        EffectRequest effect = EffectRequest.read(host.parameters(), presets);
        if (effect.edit().changesSomething()) {
            ClipIdentity clip = probe.probe(host.resource()).part(host);
            found.add(new Shown(clip, effect.edit(), effect.mask(), host.preset()));
        }
    }

    private static List<Element> elements(Document document, String tag) {
        NodeList nodes = document.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    /** One file of a project. */
    private static final class File {
        private final Path folder;
        private final double rate;
        private final Map<String, Element> byId = new LinkedHashMap<>();

        File(Path project, Document document) {
            Path root = project.resolveSibling(document.getDocumentElement().getAttribute("root"));
            // a project that was moved still names the folder it was in
            this.folder = Files.isDirectory(root) ? root : project.getParent();
            Element profile = (Element) document.getElementsByTagName("profile").item(0);
            this.rate = profile == null ? 25 : number(profile.getAttribute("frame_rate_num"), 25) / number(profile.getAttribute("frame_rate_den"), 1);
            for (String tag : List.of("producer", "chain", "playlist", "tractor")) {
                elements(document, tag).forEach(element -> byId.put(element.getAttribute("id"), element));
            }
        }

        /** The clips below an element that has a filter, as the filter would name them. */
        List<Map<String, String>> uses(Element owner) {
            List<Map<String, String>> uses = new ArrayList<>();
            Element used = byId.get(owner.getAttribute("producer"));
            if (SOURCES.contains(owner.getTagName())) {
                uses.add(clip(owner));
            } else if (owner.getTagName().equals("entry") && used != null && SOURCES.contains(used.getTagName())) {
                Map<String, String> cut = clip(used);
                cut.put("clip.in", "" + frames(owner.getAttribute("in"), 0));
                cut.put("clip.out", "" + frames(owner.getAttribute("out"), 0));
                uses.add(cut);
            } else if (used != null) {
                uses.addAll(uses(used));
            } else {
                MltXml.children(owner).stream().filter(child -> Set.of("entry", "track").contains(child.getTagName()))
                        .map(child -> byId.get(child.getAttribute("producer")))
                        .filter(child -> child != null)
                        .forEach(child -> uses.addAll(uses(child)));
            }
            return uses;
        }

        private Map<String, String> clip(Element source) {
            Map<String, String> properties = MltXml.properties(source);
            Map<String, String> values = new HashMap<>();
            values.put("host.directory", folder.toString());
            values.put("clip.resource", properties.getOrDefault("resource", ""));
            values.put("clip.original", absolute(properties.getOrDefault("kdenlive:originalurl", "")));
            if (properties.containsKey("warp_resource")) {
                values.put("clip.warp_resource", properties.get("warp_resource"));
                values.put("clip.warp_speed", properties.getOrDefault("warp_speed", "1"));
            }
            double speed = Math.abs(number(properties.getOrDefault("warp_speed", "1"), 1));
            values.put("clip.rate", "" + rate / (speed > 0 ? speed : 1));
            values.put("clip.length", "" + Math.max(1, frames(properties.getOrDefault("length", ""), 1)));
            values.put("clip.ttl", "" + Math.max(1, frames(properties.getOrDefault("ttl", ""), 1)));
            return values;
        }

        private String absolute(String path) {
            return path.isEmpty() ? path : folder.resolve(path).normalize().toString();
        }

        /** Projects that are clips of this one. */
        Set<String> projects() {
            Set<String> projects = new LinkedHashSet<>();
            for (Element element : byId.values()) {
                String resource = MltXml.properties(element).getOrDefault("resource", "");
                if (SOURCES.contains(element.getTagName()) && resource.matches(".*\\.(mlt|kdenlive)") && Files.isRegularFile(Path.of(absolute(resource)))) {
                    projects.add(absolute(resource));
                }
            }
            return projects;
        }

        /** A position: a number of frames, or {@code hh:mm:ss.mmm}. */
        private int frames(String position, int otherwise) {
            if (position.matches("\\d{1,9}")) {
                return Integer.parseInt(position);
            }
            String[] parts = position.replace(',', '.').split(":");
            if (parts.length != 3) {
                return otherwise;
            }
            double seconds = number(parts[0], 0) * 3600 + number(parts[1], 0) * 60 + number(parts[2], 0);
            return (int) Math.round(seconds * rate);
        }

        private static double number(String text, double otherwise) {
            return text.matches("-?\\d{1,12}(\\.\\d*)?") ? Double.parseDouble(text) : otherwise;
        }
    }
}
