// node sse.mjs URL EMAIL PASSWORD STRUCTURE MODERATOR_EMAIL — graphql-sse, each operation on a connection of its own:
// everything over plain HTTP, for networks that let no WebSocket through.
import { createClient } from 'graphql-sse';

import { story } from './story.mjs';

function connect(url, token) {
  let opened;
  const client = createClient({
    url,
    headers: token ? { Authorization: `Bearer ${token}` } : undefined,
    // A test wants to see the first disconnection. A front end resumes with the cursor of the last event as `after`.
    retryAttempts: 0,
    on: { connected: () => opened?.() },
  });

  // What is wrong with a document comes as an answer without data, on a connection that is well.
  const dataOf = (answer) => {
    if (answer.errors) throw answer.errors;
    return answer.data;
  };

  return {
    async ask(query, variables) {
      const answers = client.iterate({ query, variables });
      const { value } = await answers.next();
      await answers.return();
      return dataOf(value);
    },
    async listen(query, variables) {
      const open = new Promise((resolve) => (opened = resolve));
      const answers = client.iterate({ query, variables });
      await open;
      return {
        async next() {
          const { done, value } = await answers.next();
          return { done, value: done ? undefined : dataOf(value) };
        },
        return: () => answers.return(),
      };
    },
    close: () => client.dispose(),
  };
}

await story('sse', connect);
