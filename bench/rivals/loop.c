/* The limit: one write() per socket, nothing else. Usage: loop PORT TRIGGER_PORT SIZE */
#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 20000 };

static int listen_on(int port) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1, wire = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
    setsockopt(wire, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(wire, (struct sockaddr *)&at, sizeof at) || listen(wire, 1024)) exit(1);
    return wire;
}

int main(int count, char **given) {
    if (count != 4) return 2;
    static int readers[MOST];
    int known = 0, size = atoi(given[3]);
    char *message = malloc(size), said;
    memset(message, 'x', size);
    struct pollfd watched[] = {{listen_on(atoi(given[1])), POLLIN, 0},
                               {listen_on(atoi(given[2])), POLLIN, 0},
                               {-1, POLLIN, 0}};
    for (;;) {
        if (poll(watched, 3, -1) < 0) return 1;
        if (watched[0].revents && known < MOST) readers[known++] = accept(watched[0].fd, 0, 0);
        if (watched[1].revents) watched[2].fd = accept(watched[1].fd, 0, 0);
        if (!watched[2].revents) continue;
        if (read(watched[2].fd, &said, 1) < 1) return 0;
        for (int n = 0; n < known; n++)
            if (send(readers[n], message, size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0) continue;
    }
}
