package org.stablevideo.model;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** The proxies that {@code https_proxy}, {@code http_proxy}, {@code all_proxy} and {@code no_proxy} name, in either case. */
final class EnvironmentProxy extends ProxySelector {

    private final UnaryOperator<String> environment;
    private final ProxySelector otherwise;

    EnvironmentProxy(UnaryOperator<String> environment, ProxySelector otherwise) {
        this.environment = environment;
        this.otherwise = otherwise;
    }

    /** Those of this process; where they say nothing, another's. */
    static ProxySelector orElse(ProxySelector otherwise) {
        return new EnvironmentProxy(System::getenv, otherwise);
    }

    @Override
    public List<Proxy> select(URI address) {
        String host = address.getHost() == null ? "" : address.getHost().toLowerCase(Locale.ROOT);
        if (isLocal(host) || isExempt(host)) {
            return List.of(Proxy.NO_PROXY);
        }
        String named = variable(address.getScheme() + "_proxy");
        String proxy = named.isEmpty() ? variable("all_proxy") : named;
        if (proxy.isEmpty()) {
            return otherwise == null ? List.of(Proxy.NO_PROXY) : otherwise.select(address);
        }
        URI target = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
        int port = target.getPort() < 0 ? 3128 : target.getPort();
        return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(target.getHost(), port)));
    }

    private static boolean isLocal(String host) {
        return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
    }

    private boolean isExempt(String host) {
        for (String item : variable("no_proxy").toLowerCase(Locale.ROOT).split("[,\\s]+")) {
            String domain = item.replaceFirst("^\\*?\\.", "");
            if (item.equals("*") || !domain.isEmpty() && (host.equals(domain) || host.endsWith("." + domain))) {
                return true;
            }
        }
        return false;
    }

    private String variable(String name) {
        String value = environment.apply(name);
        String other = value == null ? environment.apply(name.toUpperCase(Locale.ROOT)) : value;
        return other == null ? "" : other.strip();
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException e) {
        // the download says it
    }
}
