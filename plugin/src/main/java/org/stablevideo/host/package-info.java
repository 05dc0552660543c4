/**
 * Sessions of host processes: the frame loop, what previews and renders get, clips fetched by way of melt. Speaks to hosts through the
 * native bridge, whose contract is {@code native-bridge/include/stablevideo_bridge.h}.
 */
package org.stablevideo.host;
