/** StableVideo for Kdenlive: text-driven video editing over layered atlases, served to MLT hosts. */
package org.stablevideo;
