import postgres from "postgres";

export const dynamic = "force-dynamic";

const sql = postgres(process.env.DATABASE_URL);

/** The least that a list page does: who is it, which rows, a plain table. */
export default async function Page() {
  await sql`select id from session limit 1`;
  const rows = await sql`
    select r.id, n.name, r.level, r.updated_at from resource r
    join resource_name n on n.project_id = r.project_id and n.resource_id = r.id and n.is_current
    where r.deleted_at is null order by r.updated_at desc limit 50`;
  return (
    <table>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <td>{row.name}</td>
            <td>{row.level}</td>
            <td>{row.updated_at.toISOString()}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
